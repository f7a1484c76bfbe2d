import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../test/sound-server.ts";
import { OnwaxError } from "../errors.ts";
import type { MicrophoneEvents, OpenMicrophone } from "./microphone.ts";
import { openSteadyMicrophone } from "./steady-microphone.ts";

const options = { timeout: 20_000 };
const format = { sampleRate: 1000, channels: 1 };
const gone = new OnwaxError("ERR_NO_SOUND_DEVICE", "fake: gone");
const frames = (seconds: number) => Buffer.alloc(seconds * 2000, 1);

/** A device whose every opening a test decides on; keeps what was heard through it. */
function trial(opens: (count: number, events: MicrophoneEvents, signal: AbortSignal) => unknown) {
	const heard = {
		seconds: 0,
		missedSeconds: 0,
		gone: 0,
		back: 0,
		resumed: 0,
		opened: 0,
		closed: 0,
	};
	const open: OpenMicrophone = async (_format, _device, events, signal) => {
		heard.opened += 1;
		await opens(heard.opened, events, signal as AbortSignal);
		const close = async () => void heard.closed++;
		return { device: "fake", hold() {}, proceed() {}, close };
	};
	const events = {
		onFrames: ({ length }: Buffer) => {
			heard.seconds += length / 2000;
		},
		onMoved() {},
		onOverrun() {},
		onGone: () => void heard.gone++,
		onBack(_device: string, missedSeconds: number) {
			heard.back += 1;
			heard.missedSeconds += missedSeconds;
		},
		onResumed: () => void heard.resumed++,
	};
	return {
		heard,
		start: (signal?: AbortSignal) => openSteadyMicrophone(open, format, null, events, signal),
	};
}

/** Never opens, until it is given up. */
const hangs = (signal: AbortSignal) =>
	new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

test(
	"one that goes whenever it is opened fills no more than time has passed",
	options,
	async () => {
		const startedAt = performance.now();
		const { heard, start } = trial((_count, { onFrames, onGone }) => {
			onFrames(frames(5));
			setImmediate(onGone, gone);
		});
		const microphone = await start();
		await until(() => heard.opened >= 3);
		await microphone.close();
		const passedSeconds = (performance.now() - startedAt) / 1000;
		const sinceLoss = heard.seconds - 5 + heard.missedSeconds;
		// A device's buffer, and what a device's clock may be wrong by.
		assert.ok(sinceLoss <= passedSeconds * 1.06 + 2.5, `${sinceLoss} s in ${passedSeconds} s`);
		assert.ok(
			heard.opened <= passedSeconds / 0.5 + 1,
			`${heard.opened} times in ${passedSeconds} s`,
		);
	},
);

test("one that goes while it is being opened is opened again", options, async () => {
	const { heard, start } = trial((count, { onGone }) => {
		if (count < 3) onGone(gone);
	});
	const microphone = await start();
	await until(() => microphone.isThere);
	assert.deepEqual([heard.opened, heard.gone, heard.back], [3, 2, 2]);
	await microphone.close();
});

test("one that is never lost may run faster than time", options, async () => {
	let events: MicrophoneEvents | null = null;
	const { heard, start } = trial((_count, given) => {
		events = given;
	});
	const microphone = await start();
	for (let count = 0; count < 100; count++)
		(events as MicrophoneEvents | null)?.onFrames(frames(10));
	assert.equal(heard.seconds, 1000);
	await microphone.close();
});

test("closing gives up a reopening that is under way, and waits for it", options, async () => {
	let isGivenUp = false;
	const { heard, start } = trial(async (count, { onGone }, signal) => {
		if (count === 1) return void setImmediate(onGone, gone);
		await hangs(signal).catch(() => undefined);
		await sleep(20);
		isGivenUp = true;
		throw signal.reason;
	});
	const microphone = await start();
	await until(() => heard.opened === 2);
	await microphone.close();
	assert.ok(isGivenUp);
	await microphone.resume();
	assert.equal(heard.opened, 2, "closed for good");
});

test("a signal ends the first opening", options, async () => {
	const giving = new AbortController();
	const { start } = trial((_count, _events, signal) => hangs(signal));
	const opening = start(giving.signal);
	giving.abort(new Error("enough"));
	await assert.rejects(opening, { message: "enough" });
});

test(
	"paused and resumed at once, it is opened once more, and nothing is missed",
	options,
	async () => {
		const { heard, start } = trial(() => {});
		const microphone = await start();
		void microphone.pause();
		await microphone.resume();
		assert.deepEqual([heard.opened, heard.closed, heard.resumed, heard.gone], [2, 1, 1, 0]);
		await microphone.close();
		assert.equal(heard.closed, 2);
	},
);
