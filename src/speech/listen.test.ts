import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { needs } from "../../test/outside-program.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { toneLetters, writeTones } from "../../test/tones.ts";
import { openSpeech } from "./open-speech.ts";
import type { ActivityTrack } from "./speech.ts";

/** A sentence of espeak-ng's at 16 kHz, from its first sound to its last. */
function spoken(text: string): Float32Array {
	const speech = spawnSync("espeak-ng", ["-v", "en-us", "--stdout", text]);
	const format = ["-ar", "16000", "-ac", "1", "-f", "s16le"];
	const bytes = spawnSync("ffmpeg", ["-v", "error", "-i", "-", ...format, "-"], {
		input: speech.stdout,
		maxBuffer: 2 ** 26,
	}).stdout;
	const samples = Float32Array.from(
		{ length: bytes.length >> 1 },
		(_, index) => bytes.readInt16LE(index * 2) / 32768,
	);
	const loud = (value: number) => Math.abs(value) > 0.01;
	return samples.subarray(samples.findIndex(loud), samples.findLastIndex(loud) + 1);
}

async function listen(t: TestContext, path: string): Promise<ActivityTrack> {
	const speech = openSpeech();
	t.after(() => speech.close());
	return speech.listen(path, { signal: new AbortController().signal });
}

/** Stretches of frames in which somebody speaks, in seconds. */
function stretches({ speaking, frameSeconds }: ActivityTrack) {
	const found: { from: number; to: number }[] = [];
	for (const [frame, speaks] of speaking.entries()) {
		if (!speaks) continue;
		if (speaking[frame - 1]) (found.at(-1) as { to: number }).to = (frame + 1) * frameSeconds;
		else found.push({ from: frame * frameSeconds, to: (frame + 1) * frameSeconds });
	}
	return found;
}

for (const noiseDbfs of [null, -50])
	test(`speech is heard from its first sound to its last, silence is not speech (noise: ${noiseDbfs})`, async (t) => {
		if (!needs(t, "espeak-ng", "espeak-ng") || !needs(t, "ffmpeg", "ffmpeg")) return;
		const samples = spoken("The quick brown fox jumps over the lazy dog.");
		const seconds = samples.length / 16_000;
		const starts = [3, 3 + seconds + 1.5, 30];
		const path = join(await tempFolder(t), "speech.wav");
		await writeTones(path, [], {
			durationSeconds: 60,
			insertions: starts.map((startSeconds) => ({ startSeconds, samples })),
			...(noiseDbfs === null ? {} : { noiseDbfs }),
		});
		const track = await listen(t, path);
		const heard = stretches(track);
		for (const start of starts) {
			const end = start + seconds;
			const inside = heard.filter(({ from, to }) => to > start && from < end);
			const [first, last] = [inside[0], inside.at(-1)];
			assert.ok(first && Math.abs(first.from - start) < 0.3, `begins at ${first?.from}: ${start}`);
			assert.ok(last && Math.abs(last.to - end) < 0.1, `ends at ${last?.to}: ${end}`);
			const covered = inside.reduce((sum, { from, to }) => sum + to - from, 0);
			assert.ok(covered > 0.8 * seconds);
		}
		const outside = heard.filter(({ from, to }) =>
			starts.every((start) => to < start - 0.2 || from > start + seconds + 0.2),
		);
		assert.deepEqual(outside, []);
		assert.equal(track.durationSeconds, 60);
		assert.equal(track.speaking.length, Math.ceil(60 / 0.032));
		assert.equal(track.loudnessDbfs.length, track.speaking.length);
		const quiet = track.loudnessDbfs[Math.floor(20 / track.frameSeconds)] ?? 0;
		assert.ok(Math.abs(quiet - (noiseDbfs ?? -128)) <= 1);
	});

test("tones and noise are not speech; how loud they are is told", async (t) => {
	const path = join(await tempFolder(t), "tones.wav");
	const tones = toneLetters.map((letter, index) => ({
		...{ letter, startSeconds: index * 2, durationSeconds: 1, loudnessDbfs: -20 },
	}));
	await writeTones(path, tones, { durationSeconds: 30, noiseDbfs: -60 });
	const track = await listen(t, path);
	assert.deepEqual(stretches(track), []);
	// The RMS of a sine is 3 dB under its peak.
	assert.equal(track.loudnessDbfs[Math.floor(2.5 / track.frameSeconds)], -23);
	assert.equal(track.loudnessDbfs[Math.floor(3.5 / track.frameSeconds)], -60);
});

test("a file without samples has no frames", async (t) => {
	const path = join(await tempFolder(t), "empty.wav");
	await writeTones(path, [], { durationSeconds: 0 });
	const { speaking, durationSeconds } = await listen(t, path);
	assert.equal(speaking.length, 0);
	assert.equal(durationSeconds, 0);
});
