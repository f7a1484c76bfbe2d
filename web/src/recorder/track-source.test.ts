import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openTrackSource } from "./track-source.ts";
import type { FromTrackWorker, ToTrackWorker } from "./track-worker.ts";

const format = { sampleRate: 16_000, channels: 1 };
const stream = { getAudioTracks: () => [{}] } as unknown as MediaStream;
const noEvents = { halted: () => {}, failed: () => {} };

/** A browser that reads tracks, unless it does not; its worker does what the test says. */
function browser(t: TestContext, does: { reads: boolean; loads: boolean }) {
	const worker = {
		sent: [] as ToTrackWorker["type"][],
		isEnded: false,
		onmessage: (_event: { data: FromTrackWorker }) => {},
		onerror: () => {},
		postMessage: ({ type }: ToTrackWorker) => void worker.sent.push(type),
		terminate: () => {
			worker.isEnded = true;
		},
	};
	const globals = {
		Worker: function open() {
			queueMicrotask(() => (does.loads ? worker.onmessage({ data: "ready" }) : worker.onerror()));
			return worker;
		},
		MediaStreamTrackProcessor: function read() {
			if (!does.reads) throw new TypeError("video only");
			return { readable: new ReadableStream() };
		},
	};
	Object.assign(globalThis, globals);
	t.after(() => {
		for (const name of Object.keys(globals)) Reflect.deleteProperty(globalThis, name);
	});
	return worker;
}

test("where tracks cannot be read, or the reader does not load, there is another way", async (t) => {
	assert.equal(await openTrackSource(format, stream, noEvents), null);
	browser(t, { reads: false, loads: true });
	assert.equal(await openTrackSource(format, stream, noEvents), null);
	const worker = browser(t, { reads: true, loads: false });
	assert.equal(await openTrackSource(format, stream, noEvents), null);
	assert.ok(worker.isEnded);
});

test("the microphone is let go of when the last block was handed over, and not before", async (t) => {
	const worker = browser(t, { reads: true, loads: true });
	const source = await openTrackSource(format, stream, noEvents);
	assert.ok(source);
	source.attach(stream);
	let isReleased = false;
	source.stop(() => {
		isReleased = true;
	});
	assert.deepEqual(worker.sent, ["begin", "track", "stop"]);
	assert.ok(!isReleased && !worker.isEnded);
	worker.onmessage({ data: "done" });
	assert.ok(isReleased && worker.isEnded);
});
