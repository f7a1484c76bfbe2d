import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openTempLibrary } from "../../test/temp-library.ts";
import { enqueue } from "./queue.ts";
import { type JobHandler, runWorker } from "./worker.ts";

/** Ends with the signal alone, as a service that never answers. */
const hanging: JobHandler = (_, signal) =>
	new Promise((_, reject) => {
		signal.addEventListener("abort", () => reject(signal.reason), { once: true });
	});

async function scene(t: TestContext, concurrency: number, seconds: number) {
	const library = await openTempLibrary(t);
	const states = async () => {
		const rows = await library.catalogue.db
			.selectFrom("jobs")
			.select(["kind", "state", "deliveries"])
			.orderBy("id")
			.execute();
		return rows.map(({ kind, state, deliveries }) => `${kind} ${state} ${deliveries}`);
	};
	let told = 0;
	const run = async (transcribe: JobHandler, chat: JobHandler = hanging) => {
		await runWorker({
			...{ library, concurrency, leaseSeconds: 60, maxDeliveries: 3, scope: ["a", "b"] },
			handlers: { transcribe, chat },
			onGivenUp: async () => assert.fail(),
			signal: new AbortController().signal,
			patience: { kinds: ["chat"], seconds, onOver: () => told++ },
		});
		return told;
	};
	return { library, states, run };
}

test("what hangs alone goes back to the queue, due at once and with no try counted, and is told once", async (t) => {
	const { library, states, run } = await scene(t, 2, 0.05);
	await enqueue(library.catalogue.db, [
		{ recording: "a", kind: "chat" },
		{ recording: "b", kind: "chat" },
	]);
	assert.equal(await run(() => assert.fail()), 1);
	assert.deepEqual(await states(), ["chat queued 0", "chat queued 0"]);
});

test("while other work goes on nothing is hurried, and what ends in time is not told", async (t) => {
	const { library, states, run } = await scene(t, 2, 600);
	await enqueue(library.catalogue.db, [
		{ recording: "a", kind: "chat" },
		{ recording: "b", kind: "transcribe" },
	]);
	let answer = () => {};
	const answered = new Promise<void>((resolve) => {
		answer = resolve;
	});
	const told = await run(
		async () => {
			answer();
			return { kind: "done" };
		},
		async () => {
			await answered;
			return { kind: "done" };
		},
	);
	assert.equal(told, 0);
	assert.deepEqual(await states(), ["chat done 1", "transcribe done 1"]);
});

test("with one lane, what hangs makes way for what waits behind it", async (t) => {
	const { library, states, run } = await scene(t, 1, 0.05);
	await enqueue(library.catalogue.db, [
		{ recording: "a", kind: "chat" },
		{ recording: "b", kind: "transcribe" },
	]);
	assert.equal(await run(async () => ({ kind: "done" })), 1);
	assert.deepEqual(await states(), ["chat queued 0", "transcribe done 1"]);
});
