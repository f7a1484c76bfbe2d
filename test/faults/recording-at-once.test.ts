import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { hearing } from "../sound-server.ts";
import { tempFolder } from "../temp-folder.ts";
import { recoverAndCount, sampleRate, startCounting } from "./counting-recording.ts";
import { assertValid, keptRecording, type RunningRecorder, record } from "./running-recorder.ts";
import { createScenario, type Scenario } from "./scenario.ts";
import { inWords } from "./stretches.ts";

type Start = { scenario: Scenario; recorders: RunningRecorder[]; go(): Promise<void> };

/** So many recorders that stand at the line, to start in the same moment. */
async function atTheLine(t: TestContext, count: number, args: string[]): Promise<Start | null> {
	const server = await startCounting(t, 60);
	if (server === null) return null;
	const home = await tempFolder(t);
	const scenario = await createScenario(home, { recordings: 0 });
	const barrier = join(home, "go");
	const preload = new URL("./barrier.mjs", import.meta.url).pathname;
	const env = {
		...hearing(server),
		ONWAX_TEST_BARRIER: barrier,
		NODE_OPTIONS: `--import=${preload}`,
	};
	const recorders = Array.from({ length: count }, () => record(t, scenario, { env, args }));
	// Time for the slowest to get there; one that is late is only less of a race.
	await sleep(100 + 100 * count);
	return { scenario, recorders, go: () => writeFile(barrier, "") };
}

for (const count of [2, 8]) {
	test(`${count} recorders start in the same moment, from the same device and in a library that is not there yet: every recording is whole`, async (t) => {
		const start = await atTheLine(t, count, []);
		if (start === null) return;
		const { scenario, recorders, go } = start;
		await go();
		const names = await Promise.all(recorders.map((recorder) => recorder.started()));
		assert.equal(new Set(names).size, count, `${names}`);
		await sleep(1000);
		const outcomes = await Promise.all(recorders.map((recorder) => recorder.stop()));
		for (const { exitCode, stderr } of outcomes) assert.equal(exitCode, 0, stderr);
		const recordings = await recoverAndCount(scenario);
		assert.deepEqual(recordings.map(({ name }) => name).sort(), names.sort());
		for (const { name, breaks, metadata } of recordings) {
			assert.equal(breaks, 0, `${name}: lost, doubled or swapped frames`);
			assert.deepEqual(metadata.events, [], name);
		}
		await assertValid(scenario);
	});
}

test("two presses of the key in the same moment are one beginning and one end", async (t) => {
	const start = await atTheLine(t, 2, ["--toggle"]);
	if (start === null) return;
	const { scenario, recorders, go } = start;
	await go();
	const outcomes = await Promise.all(recorders.map(({ ended }) => ended));
	for (const { exitCode, stderr } of outcomes) assert.equal(exitCode, 0, stderr);
	const began = outcomes.filter(({ lines }) => lines.some(({ event }) => event === "started"));
	assert.equal(began.length, 1, JSON.stringify(outcomes));
	const shelf = join(scenario.dataDir, "recordings", "pending");
	const [started] = began[0]?.lines ?? [];
	assert.deepEqual(await readdir(shelf), [started?.name]);
	const { metadata, stretches } = await keptRecording(scenario, String(started?.name));
	assert.equal(stretches.length, 1, inWords(stretches, sampleRate));
	assert.deepEqual(metadata.events, [], "it was ended in order");
	await assertValid(scenario);
});
