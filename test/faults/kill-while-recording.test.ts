import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom, testSeed } from "../seeded.ts";
import { hearing } from "../sound-server.ts";
import { tempFolder } from "../temp-folder.ts";
import {
	framesBetween,
	placeOf,
	recoverAndCount,
	sampleRate,
	spread,
	startCounting,
} from "./counting-recording.ts";
import { createScenario, onwax } from "./scenario.ts";

/** The number in the README is of 500: `ONWAX_TEST_KILLS=500 npm run test:faults`. */
const kills = Number(process.env.ONWAX_TEST_KILLS ?? 60);
const together = 4;
/** What is promised beyond the sound device's own buffer. */
const promisedMs = 100;

test(`killed at ${kills} random moments while recording: every recording is there, to within ${promisedMs} ms`, async (t) => {
	const server = await startCounting(t, 60 + kills * 2);
	if (server === null) return;
	const listener = await server.listen();
	const home = await tempFolder(t);
	const random = randomFrom(testSeed);
	t.diagnostic(`seed ${testSeed}`);
	const lostMs: number[] = [];
	for (let round = 0; lostMs.length < kills; round++) {
		const scenario = await createScenario(join(home, `${round}`), { recordings: 0 });
		/** By the recording's name: the place that was playing when its recorder was killed. */
		const playing = new Map<string, number>();
		const count = Math.min(together, kills - lostMs.length);
		await Promise.all(
			Array.from({ length: count }, async () => {
				let pid = 0;
				let name = "";
				const outcome = await onwax(scenario, ["record", "--rate", `${sampleRate}`], {
					env: hearing(server),
					onStart: (started) => {
						pid = started;
					},
					onLine: async (line) => {
						if (line.event !== "started") return;
						name = String(line.name);
						await sleep(50 + random(1500));
						const newest = listener.newest(1)[0] as number;
						process.kill(pid, "SIGKILL");
						playing.set(name, placeOf(newest));
					},
				});
				assert.equal(outcome.signal, "SIGKILL", outcome.stderr);
			}),
		);
		const recordings = await recoverAndCount(scenario);
		assert.deepEqual(recordings.map(({ name }) => name).sort(), [...playing.keys()].sort());
		for (const { name, metadata, breaks, lastPlace } of recordings) {
			assert.equal(breaks, 0, `${name}: lost, doubled or swapped frames`);
			assert.ok(metadata.events.some(({ kind }) => kind === "recovered"));
			const lost = framesBetween(lastPlace, playing.get(name) as number);
			lostMs.push((lost / sampleRate) * 1000);
		}
		await rm(scenario.home, { recursive: true });
	}
	const { median, worst } = spread(lostMs);
	t.diagnostic(
		`${lostMs.length} kills: median ${median.toFixed(1)} ms lost, worst ${worst.toFixed(1)} ms`,
	);
	assert.ok(worst <= promisedMs, `worst ${worst} ms`);
});
