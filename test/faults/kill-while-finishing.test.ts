import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readMetadata } from "../../src/archive/metadata-file.ts";
import { parseWav } from "../../src/wav.ts";
import { firstBreak } from "../counting-frames.ts";
import { leaveCapture, type Piece } from "../left-capture.ts";
import { tempFolder } from "../temp-folder.ts";
import { checkLibrary } from "./check-library.ts";
import { copyScenario, createScenario, onwax, type Scenario } from "./scenario.ts";

/*
 * What a killed recorder left is made a recording of, by a process that is killed itself, at each of its
 * steps: whatever is left then, the next one makes the same recording of it.
 */
const frames = 60_000;
const left: Record<string, Piece[]> = {
	"one file": [{ start: 0, frames, torn: 1 }],
	"segments left for their length": [
		{ start: 0, frames: 30_000 },
		{ start: 30_000, frames: 20_000 },
		{ start: 50_000, frames: 10_000, torn: 1 },
	],
	"segments left after errors": [
		{ start: 0, frames: 40_000 },
		{ start: 30_000, frames: 25_000, errors: 1 },
		{ start: 50_000, frames: 10_000, errors: 2 },
	],
};

async function killed(t: TestContext, pieces: readonly Piece[]) {
	const folder = await tempFolder(t);
	const scenario = await createScenario(join(folder, "left"), { recordings: 0 });
	// A library that is there already: what is looked at is the recovery.
	assert.equal((await onwax(scenario, ["recover"])).exitCode, 0);
	const writer = join(scenario.dataDir, "recordings", "incoming", "writer-0123456789abcdef");
	await mkdir(writer);
	const { name } = await leaveCapture(writer, pieces, { channels: 1 });
	return { folder, scenario, name };
}

async function assertRecovered(scenario: Scenario, name: string, what: string): Promise<void> {
	const recovered = await onwax(scenario, ["recover"]);
	assert.equal(recovered.exitCode, 0, `${what}: ${recovered.stderr}`);
	const shelf = join(scenario.dataDir, "recordings", "pending");
	assert.deepEqual(await readdir(shelf), [name], what);
	const metadata = await readMetadata(join(shelf, name));
	assert.equal(metadata.events.filter(({ kind }) => kind === "recovered").length, 1, what);
	assert.equal(metadata.audio.durationSeconds, frames / 8000, what);
	assert.deepEqual((await readdir(join(shelf, name))).sort(), ["audio.wav", "metadata.json"]);
	const bytes = await readFile(join(shelf, name, "audio.wav"));
	const facts = parseWav(bytes, bytes.length);
	assert.equal(facts?.sizeHonest, true, what);
	const samples = bytes.subarray(facts?.dataOffset);
	assert.equal(samples.length, frames * 2, what);
	assert.equal(firstBreak(samples, 1, 0), null, what);
	const { sha256 } = metadata.files["audio.wav"] ?? {};
	await checkLibrary(scenario, { present: [sha256 as string] });
}

for (const [what, pieces] of Object.entries(left)) {
	test(`${what}: recovered, also when the recovery is killed or fails at any of its steps`, async (t) => {
		const { folder, scenario, name } = await killed(t, pieces);
		const traced = await copyScenario(scenario, join(folder, "traced"));
		const { stderr } = await onwax(traced, ["recover"], { env: { ONWAX_FAULT: "trace" } });
		const steps = stderr.match(/^step /gm)?.length ?? 0;
		t.diagnostic(`${steps} steps`);
		assert.ok(steps > 10);
		for (const [fault, stride] of [
			["kill", 2],
			["EIO", 5],
			["ENOSPC", 5],
		] as const) {
			for (let step = 1; step <= steps; step += stride) {
				const copy = await copyScenario(scenario, join(folder, `${fault}-${step}`));
				await onwax(copy, ["recover"], { env: { ONWAX_FAULT: `${fault}:${step}` } });
				await assertRecovered(copy, name, `${fault} at ${step}`);
				await rm(copy.home, { recursive: true });
			}
		}
	});
}
