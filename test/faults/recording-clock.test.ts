import assert from "node:assert/strict";
import { globSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { needs } from "../outside-program.ts";
import { hearing } from "../sound-server.ts";
import { tempFolder } from "../temp-folder.ts";
import { sampleRate, startCounting } from "./counting-recording.ts";
import { assertValid, eventKinds, keptRecording, noticesOf, record } from "./running-recorder.ts";
import { createScenario, onwax } from "./scenario.ts";
import { inWords } from "./stretches.ts";

const yearMs = 365 * 86_400_000;

type Clock = { env: NodeJS.ProcessEnv; set(by: "+0" | "+365d" | "-365d"): void };

/** A wall clock of the test's own, which can be set while a program runs; what is monotonic stays so. */
function ownClock(t: TestContext, folder: string): Clock | null {
	if (!needs(t, "faketime", "faketime")) return null;
	const [library] = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1");
	assert.ok(library, "the package's library is where Debian has it");
	const path = join(folder, "clock");
	const set: Clock["set"] = (by) => writeFileSync(path, `${by}\n`);
	set("+0");
	const env = {
		LD_PRELOAD: library,
		FAKETIME_TIMESTAMP_FILE: path,
		FAKETIME_NO_CACHE: "1",
		FAKETIME_DONT_FAKE_MONOTONIC: "1",
	};
	return { env, set };
}

test("the clock is set one year ahead and one year back while recording: lengths, names, times and recovery are as if it had not been", async (t) => {
	const server = await startCounting(t, 60);
	if (server === null) return;
	const home = await tempFolder(t);
	const clock = ownClock(t, home);
	if (clock === null) return;
	const scenario = await createScenario(home, {
		recordings: 1,
		// What is older than a day would be deleted, if anything were by a clock that leaps.
		config: { retention: "service", autoCleanup: true },
	});
	const imported = await onwax(scenario, ["import", scenario.inputs]);
	assert.equal(imported.exitCode, 0, imported.stderr);
	const env = { ...hearing(server), ...clock.env };
	const begunMs = Date.now();
	const ended = record(t, scenario, { env });
	const killed = record(t, scenario, { env });
	const names = await Promise.all([ended.started(), killed.started()]);
	const startedMs = performance.now();
	for (const by of ["+365d", "-365d", "+365d"] as const) {
		await sleep(700);
		clock.set(by);
		const capture = names[0] as string;
		const paused = await onwax(scenario, ["pause", capture], { env });
		assert.equal(paused.exitCode, 0, paused.stderr);
		const resumed = await onwax(scenario, ["resume", capture], { env });
		assert.equal(resumed.exitCode, 0, resumed.stderr);
	}
	await sleep(700);
	const endedAfterMs = performance.now() - startedMs;
	const { exitCode, stderr } = await ended.stop();
	assert.equal(exitCode, 0, stderr);
	process.kill(killed.pid(), "SIGKILL");
	await killed.ended;
	clock.set("-365d");
	const recovered = await onwax(scenario, ["recover"], { env });
	assert.equal(recovered.exitCode, 0, recovered.stderr);
	assert.deepEqual(recovered.lines[0]?.recovered, [names[1]]);
	// What deletes by age refuses to, by such a clock.
	for (const by of ["+365d", "-365d"] as const) {
		clock.set(by);
		const cleaned = await onwax(scenario, ["cleanup"], { env });
		const { error } = cleaned.lines.at(-1) as { error?: { code: string } };
		assert.equal(error?.code, "ERR_STATE", `${by}: ${JSON.stringify(cleaned)}`);
	}
	clock.set("+0");

	const recordings = await Promise.all(names.map((name) => keptRecording(scenario, name)));
	for (const { name, metadata, stretches } of recordings) {
		const said = `${name}: ${inWords(stretches, sampleRate)}`;
		assert.ok(
			stretches.every(({ kind }) => kind === "counting"),
			said,
		);
		for (const time of [metadata.createdAt, ...metadata.events.map(({ at }) => at)]) {
			// Only that it was recovered is told by the clock of then.
			if (metadata.events.some(({ at, kind }) => at === time && kind === "recovered")) continue;
			const offMs = Date.parse(time) - begunMs;
			assert.ok(offMs > -2000 && offMs < 60_000, `${time}, ${offMs} ms from the beginning`);
		}
		assert.equal(name.slice(0, 4), String(new Date(begunMs).getUTCFullYear()));
	}
	const again = recordings[1]?.metadata.events.at(-1);
	assert.equal(again?.kind, "recovered");
	const backMs = begunMs - Date.parse(again?.at ?? "");
	assert.ok(Math.abs(backMs - yearMs) < 60_000, "the program believes that clock");
	const [one, other] = recordings as [(typeof recordings)[0], (typeof recordings)[0]];
	const three = ["paused", "paused-ended"];
	assert.deepEqual(eventKinds(one.metadata), [...three, ...three, ...three]);
	assert.equal(other.stretches.length, 1, inWords(other.stretches, sampleRate));
	const duration = other.metadata.audio.durationSeconds ?? 0;
	assert.ok(Math.abs(duration * 1000 - endedAfterMs) < 1000, `${duration} s in ${endedAfterMs} ms`);
	assert.deepEqual(noticesOf(killed), [], "nothing was seen that did not happen");
	const success = join(scenario.dataDir, "recordings", "success");
	assert.equal((await readdir(success)).length, 1, "what was there before is there");
	assert.deepEqual(await readdir(join(scenario.dataDir, "recordings", "trash")), []);
	await assertValid(scenario);
});
