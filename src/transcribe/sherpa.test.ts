import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { makeToneModel } from "../../test/tone-model.ts";
import { writeTones } from "../../test/tones.ts";
import { openSpeech } from "../speech/open-speech.ts";
import type { Recognised, RecogniseOptions, RecognitionModel, Speech } from "../speech/speech.ts";
import { detectEngine } from "./detect.ts";
import type { SherpaEngineConfig } from "./engine-config.ts";
import { createEngine } from "./registry.ts";
import { createSherpaEngine } from "./sherpa.ts";

async function models(t: TestContext) {
	const folder = await tempFolder(t);
	await makeToneModel(join(folder, "tones"));
	const speech = openSpeech();
	t.after(() => speech.close());
	return {
		folder,
		speech,
		ground: { environment: {}, secretVariables: [], modelsFolder: folder, speech },
	};
}

const signal = new AbortController().signal;

test("sound becomes words with times, by a model in the models folder or by its path", async (t) => {
	const { folder, ground } = await models(t);
	const audioPath = join(folder, "sound.wav");
	const tones = [
		{ letter: "c", startSeconds: 1 },
		{ letter: "a", startSeconds: 1.6 },
		{ letter: "b", startSeconds: 5 },
	];
	await writeTones(audioPath, tones, { durationSeconds: 6 });
	for (const model of ["tones", join(folder, "tones")]) {
		const engine = createSherpaEngine("local", { type: "sherpa", model }, ground);
		assert.deepEqual(await engine.check(), {
			...{ ok: true, hint: null },
			message: "The model tones is on this computer (nemo-ctc, 1 MB).",
		});
		assert.doesNotMatch(JSON.stringify([engine.parameters, engine.model]), /\//);
		const request = { audioPath, durationSeconds: 6, language: "en", signal };
		const output = await engine.transcribe(request);
		assert.equal(output.text, "c a b");
		assert.deepEqual([output.engine, output.model, output.language], ["local", "tones", "en"]);
		assert.deepEqual(
			output.segments.map(({ text, words }) => [text, words.map((word) => word.text)]),
			[
				["c a", ["c", "a"]],
				["b", ["b"]],
			],
		);
		const words = output.segments.flatMap((segment) => segment.words);
		for (const [index, word] of words.entries())
			assert.ok(Math.abs(word.startSeconds - (tones[index]?.startSeconds ?? 0)) <= 0.05);
	}
});

test("a model that is missing is said to be, with what fetches it, and found once it is there", async (t) => {
	const { folder, ground } = await models(t);
	const audioPath = join(folder, "sound.wav");
	await writeTones(audioPath, [{ letter: "a", startSeconds: 1 }], { durationSeconds: 2 });
	const engine = createSherpaEngine("local", { type: "sherpa", model: "later" }, ground);
	const check = await engine.check();
	assert.equal(check.ok, false);
	assert.match(check.hint ?? "", /onwax model pull later/);
	const request = { audioPath, durationSeconds: 2, language: null, signal };
	await assert.rejects(engine.transcribe(request), {
		code: "ERR_ENGINE_MISSING",
		retryable: false,
		hint: /onwax model pull later/,
	});
	await makeToneModel(join(folder, "later"));
	assert.equal((await engine.check()).ok, true);
	assert.equal((await engine.transcribe(request)).text, "a");
});

/** A speech that hears what the test says, in place of models that are not here. */
function hearing(heard: Partial<Recognised>): Speech & { asked: RecogniseOptions[] } {
	const asked: RecogniseOptions[] = [];
	const unused = async () => {
		throw new Error("not asked for");
	};
	return {
		asked,
		listen: unused,
		diarise: unused,
		recognise: async (_model: RecognitionModel, _path: string, options: RecogniseOptions) => {
			asked.push(options);
			return { text: "", tokens: [], segments: [], language: null, ...heard };
		},
		pids: () => [],
		close: async () => undefined,
	};
}

async function whisper(t: TestContext, config: Partial<SherpaEngineConfig>, speech: Speech) {
	const folder = join(await tempFolder(t), "tiny");
	await makeToneModel(folder);
	await rm(join(folder, "model.onnx"));
	await writeFile(join(folder, "tiny-encoder.int8.onnx"), "");
	await writeFile(join(folder, "tiny-decoder.int8.onnx"), "");
	const ground = { environment: {}, secretVariables: [], modelsFolder: "/nowhere", speech };
	return createSherpaEngine("local", { type: "sherpa", model: folder, ...config }, ground);
}

test("what has times of sentences only keeps those; what has none is one segment over the window", async (t) => {
	const request = { audioPath: "x", durationSeconds: 20, language: "en-GB", signal };
	const sentences = [
		{ text: "One.", startSeconds: 1, endSeconds: 2 },
		{ text: "Two.", startSeconds: 5, endSeconds: 6 },
	];
	const told = hearing({ text: "One. Two.", segments: sentences, language: "en" });
	const output = await (await whisper(t, {}, told)).transcribe(request);
	assert.deepEqual(output.segments, [
		{ ...sentences[0], words: [] },
		{ ...sentences[1], words: [] },
	]);
	const untimed = await (await whisper(t, {}, hearing({ text: "One. Two." }))).transcribe(request);
	assert.deepEqual(untimed.segments, [
		{ text: "One. Two.", startSeconds: 0, endSeconds: 20, words: [] },
	]);
	const silent = await (await whisper(t, {}, hearing({}))).transcribe(request);
	assert.deepEqual([silent.text, silent.segments], ["", []]);
});

test("Whisper gets windows that it can hear whole, whatever is configured; others what is configured", async (t) => {
	const longest = async (config: Partial<SherpaEngineConfig>) =>
		(await whisper(t, config, hearing({}))).input.maxSeconds;
	assert.equal(await longest({}), 28);
	assert.equal(await longest({ windowSeconds: 0 }), 28);
	assert.equal(await longest({ windowSeconds: 600 }), 28);
	assert.equal(await longest({ windowSeconds: 10 }), 10);
	const { ground } = await models(t);
	const config = { type: "sherpa", model: "tones" } as const;
	assert.equal(createSherpaEngine("x", config, ground).input.maxSeconds, 60);
	const whole = createSherpaEngine("x", { ...config, windowSeconds: 0 }, ground);
	assert.equal(whole.input.maxSeconds, null);
});

test("what is asked for reaches the recogniser", async (t) => {
	const speech = hearing({});
	const config = { threads: 3, concurrency: 7, timeoutSeconds: 5 };
	const engine = await whisper(t, config, speech);
	assert.equal(engine.concurrency, 7);
	await engine.transcribe({
		...{ audioPath: "x", durationSeconds: 1, language: "pt_BR", signal },
		...{ vocabulary: ["Onwax"], setting: "other" },
	});
	assert.deepEqual(speech.asked, [
		{
			...{ threads: 3, timeoutSeconds: 5, language: "pt-BR", signal },
			...{ vocabulary: ["Onwax"], setting: "other" },
		},
	]);
});

test("a model in the models folder is the engine of somebody who configured none", async (t) => {
	const { folder, ground } = await models(t);
	await makeToneModel(join(folder, "larger"), { labour: 2 });
	const environment = { OPENAI_API_KEY: "key", PATH: process.env.PATH };
	const found = await detectEngine({ environment, modelsFolder: folder });
	assert.equal(found?.name, "sherpa");
	assert.deepEqual(found.config, { type: "sherpa", model: "larger" });
	assert.match(found.found, /the model larger/);
	assert.equal((await createEngine(found.name, found.config, ground).check()).ok, true);
});
