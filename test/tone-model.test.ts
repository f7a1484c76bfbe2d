import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readModelFolder } from "../src/speech/model-folder.ts";
import { openSpeech } from "../src/speech/open-speech.ts";
import type { RecognitionModel } from "../src/speech/speech.ts";
import { needs } from "./outside-program.ts";
import { tempFolder } from "./temp-folder.ts";
import { makeToneModel } from "./tone-model.ts";
import { type Tone, type TonesOptions, toneLetters, writeTones } from "./tones.ts";

/** What the hand-made model can be trusted with: other tests build on it. */
async function listener(t: TestContext) {
	const folder = await tempFolder(t);
	await makeToneModel(join(folder, "tones"));
	const model = (await readModelFolder(join(folder, "tones"))) as RecognitionModel;
	const speech = openSpeech();
	t.after(() => speech.close());
	return async (tones: Tone[], options: TonesOptions) => {
		const path = join(folder, "heard.wav");
		await writeTones(path, tones, options);
		const signal = new AbortController().signal;
		const usual = { threads: 1, language: null, setting: "usual", vocabulary: [] } as const;
		return speech.recognise(model, path, { ...usual, timeoutSeconds: 60, signal });
	};
}

const sequence = [...toneLetters, ..."aabbccllaa"].map((letter, index) => ({
	...{ letter, startSeconds: 0.5 + index * 0.7 + (index % 7) * 0.013 },
	durationSeconds: 0.15 + (index % 6) * 0.05,
}));

for (const { loudnessDbfs, noiseDbfs } of [
	{ loudnessDbfs: 0 },
	{ loudnessDbfs: -12 },
	{ loudnessDbfs: -40 },
	{ loudnessDbfs: -6, noiseDbfs: -40 },
	{ loudnessDbfs: -12, noiseDbfs: -40 },
	{ loudnessDbfs: -20, noiseDbfs: -40 },
])
	test(`every letter once, in order, within 50 ms: ${loudnessDbfs} dBFS, noise ${noiseDbfs ?? "none"}`, async (t) => {
		const hear = await listener(t);
		const tones = sequence.map((tone) => ({ ...tone, loudnessDbfs }));
		const noise = noiseDbfs === undefined ? {} : { noiseDbfs };
		const { text, tokens } = await hear(tones, { durationSeconds: 18, ...noise });
		assert.equal(text, sequence.map(({ letter }) => letter).join(" "));
		for (const [index, { letter, startSeconds }] of sequence.entries()) {
			assert.equal(tokens[index]?.text, ` ${letter}`);
			assert.ok(Math.abs((tokens[index]?.startSeconds ?? 0) - startSeconds) <= 0.05);
		}
	});

test("noise, silence and speech are no letters", async (t) => {
	const hear = await listener(t);
	assert.equal((await hear([], { durationSeconds: 30 })).text, "");
	assert.equal((await hear([], { durationSeconds: 30, noiseDbfs: -15 })).text, "");
	if (!needs(t, "espeak-ng", "espeak-ng") || !needs(t, "ffmpeg", "ffmpeg")) return;
	const words = "She sells sea shells on the sea shore; whistling winds, a quick brown fox.";
	const speech = spawnSync("espeak-ng", ["-v", "en-us", "--stdout", words]).stdout;
	const format = ["-ar", "16000", "-ac", "1", "-f", "s16le"];
	const said = spawnSync("ffmpeg", ["-v", "error", "-i", "-", ...format, "-"], { input: speech });
	const bytes = new Int16Array(new Uint8Array(said.stdout).buffer, 0, said.stdout.length >> 1);
	const samples = Float32Array.from(bytes, (value) => value / 32768);
	const insertions = [{ startSeconds: 2, samples }];
	const heard = await hear([{ letter: "c", startSeconds: 0.5 }], {
		...{ durationSeconds: 20, insertions },
	});
	assert.equal(heard.text, "c");
});
