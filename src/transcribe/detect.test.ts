import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openSpeech } from "../speech/open-speech.ts";
import { detectEngine } from "./detect.ts";
import { createEngine } from "./registry.ts";

let folder = "";
let withWhisper = "";
let withSphinx = "";
let models = "";

async function installProgram(name: string): Promise<string> {
	const bin = join(folder, `bin-${name}`);
	await mkdir(bin);
	await writeFile(join(bin, name), "#!/bin/sh\n");
	await chmod(join(bin, name), 0o755);
	return bin;
}

before(async () => {
	folder = await mkdtemp(join(tmpdir(), "onwax-detect-"));
	withWhisper = await installProgram("whisper-cli");
	withSphinx = await installProgram("pocketsphinx_continuous");
	models = join(folder, "models");
	await mkdir(models);
	await writeFile(join(models, "ggml-tiny.bin"), "t");
	await writeFile(join(models, "ggml-base.bin"), "the larger one");
	await writeFile(join(models, "ggml-silero-v5.1.2.bin"), "detects voice, and is larger still");
});
after(() => rm(folder, { recursive: true }));

test("whisper-cli with a model comes first, and takes the largest one", async () => {
	const environment = { PATH: `${withSphinx}:${withWhisper}`, OPENAI_API_KEY: "key" };
	const found = await detectEngine({ environment, modelsFolder: models });
	assert.equal(found?.name, "whisper");
	assert.equal(found.config.model, "ggml-base");
	const engine = createEngine(found.name, found.config, {
		environment,
		secretVariables: [],
		modelsFolder: models,
		speech: openSpeech(),
	});
	assert.equal((await engine.check()).ok, true);
	assert.ok(engine.parameters.command?.includes(join(models, "ggml-base.bin")));
});

test("WHISPER_MODEL names the model", async () => {
	const named = join(models, "ggml-tiny.bin");
	const environment = { PATH: withWhisper, WHISPER_MODEL: named };
	const found = await detectEngine({ environment, modelsFolder: null });
	assert.equal(found?.config.model, "ggml-tiny");
});

test("whisper-cli without a model is passed over for pocketsphinx", async () => {
	const environment = { PATH: `${withWhisper}:${withSphinx}`, WHISPER_MODEL: "/nowhere" };
	const found = await detectEngine({ environment, modelsFolder: models });
	assert.equal(found?.name, "sphinx");
	assert.match(found.found, /pocketsphinx_continuous/);
});

test("a key for OpenAI comes last", async () => {
	const environment = { PATH: folder, OPENAI_API_KEY: "key" };
	const found = await detectEngine({ environment, modelsFolder: join(folder, "none") });
	assert.equal(found?.config.type, "openai");
	assert.doesNotMatch(JSON.stringify(found), /"key"/);
});

test("with nothing there, nothing is found", async () => {
	const environment = { PATH: folder, OPENAI_API_KEY: " " };
	assert.equal(await detectEngine({ environment, modelsFolder: null }), null);
	assert.equal(await detectEngine({ environment: {}, modelsFolder: null }), null);
});
