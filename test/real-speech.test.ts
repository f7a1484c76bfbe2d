import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createScenario, onwax, type Scenario } from "./faults/scenario.ts";
import { needs } from "./outside-program.ts";
import { tempFolder } from "./temp-folder.ts";

/** Somebody speaks, a real recognizer listens, and a word of it is found: the main job. */
async function spoken(t: TestContext, config: object): Promise<Scenario | null> {
	if (!needs(t, "espeak-ng", "espeak-ng")) return null;
	if (!needs(t, "pocketsphinx_continuous", "pocketsphinx pocketsphinx-en-us")) return null;
	const scenario = await createScenario(await tempFolder(t), { recordings: 0, config });
	// Of the machine's voices one that the machine's ear understands.
	const voice = ["-v", "en-us+f2", "-s", "140", "-p", "30"];
	const words = "my fellow americans ask what your country can do for you";
	const path = join(scenario.inputs, "speech.wav");
	execFileSync("espeak-ng", [...voice, "-w", path, words]);
	return scenario;
}

async function assertFound(scenario: Scenario): Promise<void> {
	const imported = await onwax(scenario, ["import", join(scenario.inputs, "speech.wav")]);
	assert.equal(imported.exitCode, 0, imported.stderr);
	assert.equal(imported.lines[0]?.state, "success");
	const found = await onwax(scenario, ["search", "country"]);
	assert.equal(found.exitCode, 0, found.stderr);
	assert.deepEqual(
		found.lines.map(({ name }) => name),
		[imported.lines[0]?.name],
		`what was heard: ${JSON.stringify(imported.lines[0]?.transcript)}`,
	);
}

test("with no configuration at all, a recognizer on the PATH is found and hears `country`", async (t) => {
	const scenario = await spoken(t, {});
	if (scenario === null) return;
	await rm(join(scenario.home, "config"), { recursive: true });
	await assertFound(scenario);
});

test("a declared command hears `country`, from speech at a rate that it does not take", async (t) => {
	const sphinx = {
		type: "command",
		command: ["pocketsphinx_continuous", "-infile", "{audio}"],
		input: { sampleRate: 16_000, channels: 1 },
	};
	const scenario = await spoken(t, { engine: "sphinx", engines: { sphinx } });
	if (scenario !== null) await assertFound(scenario);
});
