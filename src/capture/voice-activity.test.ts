import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { needs } from "../../test/outside-program.ts";
import type { SampleFormat } from "./capture.ts";
import { openVoiceActivity, type VoiceActivity } from "./voice-activity.ts";
import { createVoiceEnergy } from "./voice-energy.ts";

const blockSeconds = 0.1;

/** A sentence of espeak-ng's as frames of `format`; about three seconds. */
function spoken({ sampleRate, channels }: SampleFormat): Buffer {
	const text = "The quick brown fox jumps over the lazy dog, and nobody minds.";
	const speech = spawnSync("espeak-ng", ["-v", "en-us", "--stdout", text]);
	const format = ["-ar", String(sampleRate), "-ac", String(channels), "-f", "s16le"];
	return spawnSync("ffmpeg", ["-v", "error", "-i", "-", ...format, "-"], {
		input: speech.stdout,
		maxBuffer: 2 ** 26,
	}).stdout;
}

function made(format: SampleFormat, seconds: number, sample: (time: number) => number): Buffer {
	const frames = Math.round(seconds * format.sampleRate);
	const buffer = Buffer.alloc(frames * format.channels * 2);
	for (let index = 0; index < frames * format.channels; index++) {
		const time = Math.floor(index / format.channels) / format.sampleRate;
		buffer.writeInt16LE(Math.round(32767 * sample(time)), index * 2);
	}
	return buffer;
}

const silence = (format: SampleFormat, seconds: number) => made(format, seconds, () => 0);
const tone = (hertz: number) => (time: number) => 0.3 * Math.sin(2 * Math.PI * hertz * time);

/** The same at every run. */
function noise(): () => number {
	let state = 1;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) | 0;
		return (state / 2 ** 31) * 0.2;
	};
}

type Told = { kind: "speech" | "silence" | "lost"; seconds: number; reason?: string };

function listen(t: TestContext, format: SampleFormat, patienceMs?: number) {
	const told: Told[] = [];
	const activity = openVoiceActivity({
		format,
		onSpeech: (seconds) => told.push({ kind: "speech", seconds }),
		onSilence: (seconds) => told.push({ kind: "silence", seconds }),
		onLost: (reason) => told.push({ kind: "lost", seconds: 0, reason }),
		...(patienceMs === undefined ? {} : { patienceMs }),
	});
	t.after(() => activity.close());
	return { activity, told };
}

/** Feeds it as fast as it answers. */
async function feed(activity: VoiceActivity, format: SampleFormat, frames: Buffer): Promise<void> {
	const step = Math.round(blockSeconds * format.sampleRate) * format.channels * 2;
	for (let at = 0; at < frames.length; at += step) {
		activity.hear(frames.subarray(at, at + step));
		while (activity.waitingSeconds() > 0) await sleep(1);
	}
}

/** Where speech began and ended, of what was told. */
function stretches(told: Told[]): { from: number; to: number }[] {
	const found: { from: number; to: number }[] = [];
	let open: { from: number; to: number } | null = null;
	for (const { kind, seconds } of told) {
		if (kind === "speech" && open === null) {
			open = { from: seconds, to: seconds };
			found.push(open);
		}
		if (open) open.to = seconds;
		if (kind === "silence") open = null;
	}
	return found;
}

for (const format of [
	{ sampleRate: 16_000, channels: 1 },
	{ sampleRate: 44_100, channels: 1 },
	{ sampleRate: 48_000, channels: 2 },
])
	test(`speech between silences is heard where it is, at ${format.sampleRate} Hz × ${format.channels}`, async (t) => {
		if (!needs(t, "espeak-ng", "espeak-ng") || !needs(t, "ffmpeg", "ffmpeg")) return;
		const speech = spoken(format);
		const seconds = speech.length / format.channels / 2 / format.sampleRate;
		const { activity, told } = listen(t, format);
		const parts = [silence(format, 3), speech, silence(format, 4), speech, silence(format, 2)];
		await feed(activity, format, Buffer.concat(parts));
		assert.equal(told.filter(({ kind }) => kind === "lost").length, 0);
		for (const begin of [3, 3 + seconds + 4]) {
			const inIt = stretches(told).filter(({ from }) => from > begin && from < begin + seconds);
			assert.ok(inIt.length > 0);
			assert.ok((inIt[0]?.from ?? 0) < begin + 0.6, "begins with the first word");
			const end = inIt.at(-1)?.to ?? 0;
			assert.ok(end > begin + seconds - 1 && end < begin + seconds + 0.7, "ends with the last");
		}
		const outside = stretches(told).filter(
			({ from }) => from < 3 || (from > 3 + seconds + 0.7 && from < 3 + seconds + 4),
		);
		assert.deepEqual(outside, []);
	});

test("neither tones nor noise are speech", async (t) => {
	const format = { sampleRate: 16_000, channels: 1 };
	const { activity, told } = listen(t, format);
	for (const sound of [tone(440), tone(1000), tone(120), noise()])
		await feed(activity, format, made(format, 5, sound));
	assert.deepEqual(told, []);
});

test("a detector that is killed is told of once, and loudness takes over", async (t) => {
	if (!needs(t, "espeak-ng", "espeak-ng") || !needs(t, "ffmpeg", "ffmpeg")) return;
	const format = { sampleRate: 16_000, channels: 1 };
	const { activity, told } = listen(t, format);
	await feed(activity, format, silence(format, 3));
	process.kill(activity.pid() as number, "SIGKILL");
	while (activity.pid() !== null) await sleep(5);
	assert.deepEqual(told.splice(0), [
		{ kind: "lost", seconds: 0, reason: "the detector ended with SIGKILL" },
	]);
	const speech = spoken(format);
	await feed(activity, format, Buffer.concat([silence(format, 1), speech, silence(format, 2)]));
	const [first, ...others] = stretches(told);
	assert.ok(first && first.from > 4 && first.from < 4.6);
	const last = others.at(-1) ?? first;
	assert.ok(last.to < 4 + speech.length / 32_000 + 0.6);
	assert.ok(told.every(({ kind }) => kind !== "lost"));
});

test("a detector that hangs is not waited for: loudness decides, memory stays bounded", async (t) => {
	if (process.platform === "win32") return t.skip("needs SIGSTOP");
	const format = { sampleRate: 16_000, channels: 1 };
	const { activity, told } = listen(t, format, 1000);
	await feed(activity, format, silence(format, 1));
	process.kill(activity.pid() as number, "SIGSTOP");
	// A minute in one go: more than what may wait is not sent at all.
	const block = silence(format, 0.1);
	for (let blocks = 0; blocks < 600; blocks++) activity.hear(block);
	assert.ok(activity.waitingSeconds() <= 10);
	assert.ok(activity.droppedSeconds() >= 49);
	while (told.length === 0) await sleep(10);
	assert.deepEqual(told, [{ kind: "lost", seconds: 0, reason: "the detector hangs" }]);
	assert.equal(activity.pid(), null);
});

test("loudness alone: steady noise and a hum become the room, silence is none", () => {
	const format = { sampleRate: 16_000, channels: 1 };
	const energy = createVoiceEnergy();
	const hear = (frames: Buffer) =>
		energy.hear(new Int16Array(frames.buffer, frames.byteOffset, frames.length / 2));
	assert.equal(hear(silence(format, 3)), false);
	assert.equal(hear(made(format, 0.5, tone(300))), true);
	assert.equal(hear(made(format, 4, tone(300))), false);
	assert.equal(hear(made(format, 4, noise())), false);
	assert.equal(hear(silence(format, 1)), false);
});
