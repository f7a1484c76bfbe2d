import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { until } from "../../test/sound-server.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { OnwaxError } from "../errors.ts";
import { beginCapture } from "./begin-capture.ts";
import type { Notice } from "./capture.ts";
import type { MicrophoneEvents, OpenMicrophone } from "./microphone.ts";
import { startRecorder } from "./recorder.ts";
import type { RecorderOptions } from "./recorder-options.ts";

const options = { timeout: 20_000 };
const format = { sampleRate: 1000, channels: 1 };
const gone = new OnwaxError("ERR_NO_SOUND_DEVICE", "fake: gone");
const frames = (seconds: number) => Buffer.alloc(seconds * 2000, 1);
/** Never opens, until it is given up. */
const hangs = (signal: AbortSignal | undefined) =>
	new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

/** A recorder on a disk, of a device that is the test's. */
async function trial(t: TestContext, more: Partial<RecorderOptions> = {}) {
	const folder = await tempFolder(t);
	const told: Notice[] = [];
	const device: { events: MicrophoneEvents | null; opened: number; hangs: boolean } = {
		events: null,
		opened: 0,
		hangs: false,
	};
	const open: OpenMicrophone = async (_format, _device, events, signal) => {
		device.opened += 1;
		if (device.hangs) await hangs(signal);
		device.events = events;
		return { device: "fake", hold() {}, proceed() {}, close: async () => {} };
	};
	const fields = { title: null, tags: [], device: null, format };
	const writer = { id: "writer", folder, close: async () => {} };
	const start = () =>
		startRecorder({
			...{ open, device: null, format, title: null, diskPath: folder, reserveBytes: 0 },
			...{ waitForSpeech: false, preRollSeconds: 1, stopAfterSilenceSeconds: null },
			maxSeconds: null,
			onNotice: (notice) => told.push(notice),
			begin: (trouble) =>
				beginCapture(writer, { ...fields, segmentBytes: 1e8, syncEverySeconds: 0.5 }, trouble),
			...more,
		});
	const kinds = () => told.map(({ kind, phase }) => `${kind} ${phase}`);
	return { folder, device, start, kinds };
}

test("a maximum counts the silence that stands for a device that was away", options, async (t) => {
	const { device, start, kinds } = await trial(t, { maxSeconds: 2 });
	const recorder = await start();
	device.events?.onFrames(frames(1.9));
	device.events?.onGone(gone);
	await until(
		() => kinds().includes("device-gone ends") || recorder.snapshot().state === "stopping",
	);
	device.events?.onFrames(frames(5));
	const { reason, capture } = await recorder.sealed;
	assert.equal(reason, "max-length");
	assert.ok((capture?.log.appendedFrames ?? 0) <= 2000);
});

test("the time that a device stays away counts against the maximum, too", options, async (t) => {
	const { device, start } = await trial(t, { maxSeconds: 1 });
	const recorder = await start();
	device.events?.onFrames(frames(0.5));
	device.hangs = true;
	device.events?.onGone(gone);
	assert.equal((await recorder.sealed).reason, "max-length");
});

test("a maximum below half a frame is one frame", options, async (t) => {
	const { device, start } = await trial(t, { maxSeconds: 0.0001 });
	const recorder = await start();
	device.events?.onFrames(frames(1));
	const { reason, capture } = await recorder.sealed;
	assert.deepEqual([reason, capture?.log.appendedFrames], ["max-length", 1]);
});

test(
	"resumed while the device does not answer: said as waiting, and stopped all the same",
	options,
	async (t) => {
		const { device, start, kinds } = await trial(t);
		const recorder = await start();
		device.events?.onFrames(frames(1));
		await recorder.pause();
		device.hangs = true;
		await recorder.resume();
		assert.equal(recorder.snapshot().state, "waiting-for-device");
		assert.deepEqual(kinds(), ["paused begins"], "it does not hear yet");
		recorder.stop("asked");
		assert.equal((await recorder.sealed).capture?.log.syncedFrames, 1000);
	},
);

test("resumed, it tells so when it hears", options, async (t) => {
	const { start, kinds } = await trial(t);
	const recorder = await start();
	await recorder.pause();
	await recorder.resume();
	assert.deepEqual(
		[recorder.snapshot().state, kinds()],
		["recording", ["paused begins", "paused ends"]],
	);
	recorder.stop("asked");
	await recorder.sealed;
});

test(
	"while it waits for speech, a pause lets the device go, and resuming waits on",
	options,
	async (t) => {
		const { device, start, kinds } = await trial(t, { waitForSpeech: true });
		const recorder = await start();
		device.events?.onFrames(frames(0.5));
		await recorder.pause();
		assert.equal(recorder.snapshot().state, "paused");
		await recorder.resume();
		assert.equal(recorder.snapshot().state, "waiting-for-speech");
		assert.deepEqual([device.opened, kinds()], [2, ["paused begins", "paused ends"]]);
		recorder.stop("asked");
		assert.equal((await recorder.sealed).capture, null);
	},
);

test("given up while it opens, nothing of it is left", options, async (t) => {
	const giving = new AbortController();
	const { folder, device, start } = await trial(t, { signal: giving.signal });
	device.hangs = true;
	const starting = start();
	await until(() => device.opened > 0);
	giving.abort(new Error("enough"));
	await assert.rejects(starting, { message: "enough" });
	assert.deepEqual(await readdir(folder), []);
});

test("one that is over before it has begun is sealed in order", options, async (t) => {
	let stop: () => void = () => {};
	const { device, start } = await trial(t, {
		maxSeconds: 1,
		open: async (_format, _device, events) => {
			stop = () => events.onFrames(frames(3));
			setImmediate(() => stop());
			events.onFrames(frames(3));
			return { device: "fake", hold() {}, proceed() {}, close: async () => {} };
		},
	});
	const { reason, capture } = await (await start()).sealed;
	assert.deepEqual([reason, capture?.log.syncedFrames, device.opened], ["max-length", 1000, 0]);
});

test("paused while the device is away, it tells when that is there again", options, async (t) => {
	const { device, start, kinds } = await trial(t);
	const recorder = await start();
	device.events?.onGone(gone);
	await recorder.pause();
	await recorder.resume();
	assert.deepEqual([recorder.snapshot().state, recorder.snapshot().active], ["recording", []]);
	assert.ok(kinds().includes("device-gone ends"), `${kinds()}`);
	recorder.stop("asked");
	await recorder.sealed;
});
