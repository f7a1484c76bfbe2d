import assert from "node:assert/strict";
import { test } from "node:test";
import { openTempLibrary } from "../../test/temp-library.ts";
import { OnwaxError } from "../errors.ts";
import type { Job } from "../job.ts";
import type { Library } from "../library/library.ts";
import { enqueue } from "./queue.ts";
import { type JobHandler, runWorker, type WorkerOptions } from "./worker.ts";

async function queueOf(library: Library, count: number): Promise<string[]> {
	const names = Array.from({ length: count }, (_, i) => `recording-${i}`);
	await enqueue(
		library.catalogue.db,
		names.map((recording) => ({ recording, kind: "transcribe" as const })),
	);
	return names;
}

function optionsOf(
	library: Library,
	scope: readonly string[],
	transcribe: JobHandler,
	more: Partial<WorkerOptions> = {},
): WorkerOptions {
	return {
		library,
		handlers: { transcribe },
		onGivenUp: async () => {},
		concurrency: 2,
		leaseSeconds: 60,
		maxDeliveries: 3,
		backoff: { baseSeconds: 0, capSeconds: 0 },
		signal: new AbortController().signal,
		scope,
		...more,
	};
}

async function statesOf(library: Library): Promise<Record<string, string>> {
	const rows = await library.catalogue.db
		.selectFrom("jobs")
		.select(["recording", "state"])
		.execute();
	return Object.fromEntries(rows.map((row) => [row.recording, row.state]));
}

test("two workers on one library do every job, each once", async (t) => {
	const library = await openTempLibrary(t);
	const other = await openTempLibrary(t, library.layout.data);
	const names = await queueOf(library, 40);
	const done: string[] = [];
	const handler: JobHandler = async (job) => {
		done.push(job.recording);
		await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
		return { kind: "done" };
	};
	await Promise.all([
		runWorker(optionsOf(library, names, handler)),
		runWorker(optionsOf(other, names, handler)),
	]);
	assert.deepEqual(done.sort(), [...names].sort());
	assert.deepEqual(new Set(Object.values(await statesOf(library))), new Set(["done"]));
});

test("a retryable failure is tried again; one that stays is given up and parked", async (t) => {
	const library = await openTempLibrary(t);
	const [flaky, hopeless, broken] = await queueOf(library, 3);
	const tries = new Map<string, number>();
	const givenUp: [string, string][] = [];
	const handler: JobHandler = async ({ recording }) => {
		const count = (tries.get(recording) ?? 0) + 1;
		tries.set(recording, count);
		if (recording === flaky && count > 1) return { kind: "done" };
		if (recording === broken) throw new TypeError("a bug");
		throw new OnwaxError("ERR_DISK_FULL", "full", { retryable: true });
	};
	const onGivenUp = async (job: Job, error: OnwaxError) => {
		givenUp.push([job.recording, error.code]);
	};
	const names = [flaky, hopeless, broken] as string[];
	await runWorker(optionsOf(library, names, handler, { onGivenUp, concurrency: 1 }));
	assert.deepEqual(Object.fromEntries(tries), {
		[`${flaky}`]: 2,
		[`${hopeless}`]: 3,
		[`${broken}`]: 1,
	});
	assert.deepEqual(givenUp.sort(), [
		[hopeless, "ERR_DISK_FULL"],
		[broken, "ERR_INTERNAL"],
	]);
	assert.deepEqual(await statesOf(library), {
		[`${flaky}`]: "done",
		[`${hopeless}`]: "parked",
		[`${broken}`]: "parked",
	});
});

test("a job that ended its worker too often is parked without being run", async (t) => {
	const library = await openTempLibrary(t);
	const [poison] = (await queueOf(library, 1)) as [string];
	await library.catalogue.db.updateTable("jobs").set({ deliveries: 3 }).execute();
	const codes: string[] = [];
	await runWorker(
		optionsOf(library, [poison], async () => assert.fail("must not run"), {
			onGivenUp: async (_, error) => {
				codes.push(error.code);
			},
		}),
	);
	assert.deepEqual(codes, ["ERR_JOB_POISON"]);
});

test("a postponed job stays queued and is not waited for", async (t) => {
	const library = await openTempLibrary(t);
	const names = await queueOf(library, 1);
	const error = new OnwaxError("ERR_ENGINE_RATE_LIMIT", "later", { retryable: true });
	await runWorker(
		optionsOf(library, names, async () => ({ kind: "postponed", error, delaySeconds: 600 })),
	);
	const row = await library.catalogue.db
		.selectFrom("jobs")
		.select(["state", "deliveries", "error_code"])
		.executeTakeFirst();
	assert.deepEqual(
		{ ...row },
		{ state: "queued", deliveries: 0, error_code: "ERR_ENGINE_RATE_LIMIT" },
	);
});

test("a worker that is stopped gives its job back at once and uncounted", async (t) => {
	const library = await openTempLibrary(t);
	const names = await queueOf(library, 1);
	const controller = new AbortController();
	await runWorker(
		optionsOf(
			library,
			names,
			(_, signal) => {
				controller.abort();
				return new Promise((_, reject) => {
					const fail = () => reject(signal.reason);
					if (signal.aborted) fail();
					else signal.addEventListener("abort", fail);
				});
			},
			{ signal: controller.signal },
		),
	);
	const row = await library.catalogue.db
		.selectFrom("jobs")
		.select(["state", "deliveries"])
		.executeTakeFirst();
	assert.deepEqual({ ...row }, { state: "queued", deliveries: 0 });
});

test("work that blocks the main thread beyond its lease keeps it: the heartbeat has its own", async (t) => {
	const library = await openTempLibrary(t);
	const names = await queueOf(library, 1);
	const seen: (string | null)[] = [];
	const handler: JobHandler = async (job, signal) => {
		// Lets the heartbeat's thread start, then blocks this one for three leases.
		await new Promise((resolve) => setTimeout(resolve, 500));
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
		await new Promise((resolve) => setTimeout(resolve, 50));
		const row = await library.catalogue.db.selectFrom("jobs").select("token").executeTakeFirst();
		seen.push(row?.token ?? null, job.token, String(signal.aborted));
		return { kind: "done" };
	};
	const other = await openTempLibrary(t, library.layout.data);
	const thief: JobHandler = async () => assert.fail("the lease was kept");
	await Promise.all([
		runWorker(optionsOf(library, names, handler, { leaseSeconds: 1 })),
		new Promise((resolve) => setTimeout(resolve, 300)).then(() =>
			runWorker(optionsOf(other, names, thief, { leaseSeconds: 1 })),
		),
	]);
	assert.equal(seen[0], seen[1]);
	assert.equal(seen[2], "false");
});
