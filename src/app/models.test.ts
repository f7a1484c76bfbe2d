import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { makeToneModel } from "../../test/tone-model.ts";
import { type Config, defaultSettings } from "../config/defaults.ts";
import { OnwaxError } from "../errors.ts";
import { listAllModels, wantedModel } from "./models.ts";

type Settings = Partial<Pick<Config, "engine" | "engines">>;

async function library(t: TestContext, settings: Settings = {}) {
	const dataDir = await tempFolder(t);
	const models = join(dataDir, "models");
	await mkdir(models);
	await makeToneModel(join(models, "tones"));
	const config: Config = { ...defaultSettings, ...settings, dataDir };
	const states = async () =>
		(await listAllModels(config, {}))
			.filter(({ installed }) => installed !== null)
			.map(({ name, isUsable, isDefault }) => ({ name, isUsable, isDefault }));
	return { models, states };
}

test("a model with a file damaged or missing is listed as not usable, and is not the default", async (t) => {
	const { models, states } = await library(t);
	assert.deepEqual(await states(), [{ name: "tones", isUsable: true, isDefault: true }]);
	await writeFile(join(models, "tones", "model.onnx"), "damaged");
	assert.deepEqual(await states(), [{ name: "tones", isUsable: false, isDefault: false }]);
	await rm(join(models, "tones", "tokens.txt"));
	await writeFile(join(models, "tones", "onwax-model.json"), '{"family":"nemo-ctc"}');
	await rm(join(models, "tones", "model.onnx"));
	assert.deepEqual(await states(), [{ name: "tones", isUsable: false, isDefault: false }]);
});

test("a model that tells speakers apart is usable: it is one file by any name", async (t) => {
	const { models, states } = await library(t);
	await mkdir(join(models, "titanet-small-en"));
	await writeFile(join(models, "titanet-small-en", "voice.onnx"), "x");
	assert.deepEqual(
		(await states()).find(({ name }) => name === "titanet-small-en"),
		{ name: "titanet-small-en", isUsable: true, isDefault: false },
	);
});

test("the default is the model of the engine that is asked first, and of no other", async (t) => {
	const sherpa = { type: "sherpa", model: "tones" } as const;
	const program = { type: "command", command: ["/bin/true", "{audio}"] } as const;
	const isDefault = async (settings: Settings) =>
		(await (await library(t, settings)).states())[0]?.isDefault;
	assert.equal(await isDefault({ engine: "sherpa" }), true, "found, and chosen by name");
	assert.equal(await isDefault({ engine: "openai" }), false, "another one was chosen");
	const engines = { mine: sherpa, other: { ...program, command: [...program.command] } };
	assert.equal(await isDefault({ engine: ["other", "mine"], engines }), false);
	assert.equal(await isDefault({ engine: ["mine", "other"], engines }), true);
	assert.equal(await isDefault({ engines: { other: engines.other } }), false);
});

test("an empty name is no reason to list the whole catalogue", () => {
	for (const reference of ["", "  "]) {
		assert.throws(
			() => wantedModel(reference),
			(error) => {
				assert.ok(error instanceof OnwaxError);
				assert.equal(error.code, "ERR_USAGE");
				assert.doesNotMatch(String(error.hint), /parakeet/);
				return true;
			},
		);
	}
	assert.throws(() => wantedModel("whisper"), { hint: /Is it one of these\? whisper-tiny/ });
});
