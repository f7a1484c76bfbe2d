import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { type TestContext, test } from "node:test";
import type { FromWorker, LocalRecording, ToWorker } from "./messages.ts";

registerHooks({
	resolve: (specifier, context, next) =>
		specifier.endsWith("?worker&url")
			? { url: "data:text/javascript,export default String()", shortCircuit: true }
			: next(specifier, context),
});

let instances = 0;

/** The recorder of a new tab; its person has not allowed the microphone yet. */
async function openTab(t: TestContext, isMuted = false) {
	const workers: FakeWorker[] = [];
	const live = new Set<EventTarget>();
	const asked: (() => void)[] = [];
	class FakeWorker {
		sent: ToWorker[] = [];
		onmessage = (_event: { data: FromWorker }) => {};
		onerror = (_event: { message?: string }) => {};
		constructor() {
			workers.push(this);
		}
		postMessage(message: ToWorker) {
			this.sent.push(message);
		}
		terminate() {}
		tell(data: FromWorker) {
			this.onmessage({ data });
		}
	}
	const connected = { connect: () => {}, disconnect: () => {} };
	class FakeContext extends EventTarget {
		state = "running";
		sampleRate = 16_000;
		audioWorklet = { addModule: async () => {} };
		createMediaStreamSource = () => connected;
		close = async () => {};
		resume = async () => {};
	}
	class FakeNode {
		port = { postMessage: () => {} };
		connect = connected.connect;
	}
	const getUserMedia = async () => {
		await new Promise<void>((allowed) => asked.push(allowed));
		const track = Object.assign(new EventTarget(), {
			...{ label: "Microphone", muted: isMuted },
			stop: () => live.delete(track),
		});
		live.add(track);
		return { getTracks: () => [track], getAudioTracks: () => [track] };
	};
	Object.assign(globalThis, {
		...{ Worker: FakeWorker, AudioContext: FakeContext, AudioWorkletNode: FakeNode },
		window: Object.assign(new EventTarget(), { isSecureContext: true }),
		document: Object.assign(new EventTarget(), { visibilityState: "visible" }),
	});
	Object.assign(navigator, {
		mediaDevices: Object.assign(new EventTarget(), { getUserMedia }),
	});
	t.mock.method(globalThis, "fetch", () => Promise.reject(new TypeError("Failed to fetch")));
	const recorder = (await import(`./recorder.ts?${instances++}`)) as typeof import("./recorder.ts");
	const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
	return {
		...{ recorder, workers, live, asked, settle },
	};
}

const about: Omit<LocalRecording, "id"> = {
	...{ title: "", startedAt: "2026-01-02T03:04:05.678Z", phase: "recording", capturedSeconds: 1 },
	...{ onDiskBytes: 1, uploadedBytes: 0, trouble: null, endedBecause: null, receipt: null },
};

const begun = (workers: { sent: ToWorker[] }[]) =>
	workers.flatMap(({ sent }) => sent).find((message) => message.type === "begin");

test("an old recording that fails while the microphone is asked for does not touch the one that begins", async (t) => {
	const { recorder, workers, live, asked, settle } = await openTab(t);
	recorder.lookForUnfinished();
	const starting = recorder.start("");
	await settle();
	workers[0]?.tell({ type: "failed", id: "old", message: "It could not be opened", hint: null });
	asked[0]?.();
	await starting;
	const begin = begun(workers);
	assert.ok(begin);
	workers[0]?.tell({ type: "changed", recording: { ...about, id: begin.id } });
	assert.ok(recorder.isRecording());
	// Of this one nothing is written any more.
	workers[0]?.tell({ type: "failed", id: begin.id, message: "No storage", hint: null });
	assert.ok(!recorder.isRecording());
	assert.equal(live.size, 0, "the microphone is let go");
});

for (const words of [undefined, "SyntaxError: not known here"])
	test(`a worker that does not load while the microphone is asked for (${words}): nothing listens afterwards`, async (t) => {
		const { recorder, workers, live, asked, settle } = await openTab(t);
		recorder.lookForUnfinished();
		const starting = recorder.start("");
		await settle();
		workers[0]?.onerror({ message: words });
		asked[0]?.();
		await starting;
		assert.equal(begun(workers), undefined);
		assert.equal(live.size, 0);
		const again = recorder.start("");
		await settle();
		asked[1]?.();
		await again;
		const begin = begun(workers);
		assert.ok(begin, "it can be tried again");
		workers[1]?.tell({ type: "failed", id: begin.id, message: "", hint: null });
		assert.equal(live.size, 0);
	});

test("a microphone that is muted from the beginning is told of the recording that begins", async (t) => {
	const { recorder, workers, asked, settle } = await openTab(t, true);
	const starting = recorder.start("");
	await settle();
	asked[0]?.();
	await starting;
	const sent = workers.flatMap((worker) => worker.sent);
	const id = begun(workers)?.id;
	assert.ok(id);
	assert.deepEqual(
		sent.map(({ type }) => type),
		["begin", "device"],
	);
	assert.deepEqual(sent[1], { type: "device", id, change: "muted", label: "Microphone" });
	workers[0]?.tell({ type: "failed", id, message: "", hint: null });
});
