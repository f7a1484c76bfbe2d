import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom, testSeed } from "../seeded.ts";
import { hearing } from "../sound-server.ts";
import {
	framesBetweenNear,
	placeOf,
	recoverAndCount,
	sampleRate,
	spread,
	startCounting,
} from "./counting-recording.ts";
import { mountExt4 } from "./ext4-image.ts";
import { createScenario, onwax, type Scenario } from "./scenario.ts";

/** The number in the README is of 50: `ONWAX_TEST_POWER_CUTS=50 npm run test:faults`. */
const cuts = Number(process.env.ONWAX_TEST_POWER_CUTS ?? 12);
const promisedMs = 1000;

test(`power cut at ${cuts} random moments while recording: at most ${promisedMs} ms are lost, and nothing is unreadable`, async (t) => {
	const server = await startCounting(t, 60 + cuts * 8);
	if (server === null) return;
	const listener = await server.listen();
	const image = mountExt4(t, 256);
	if (image === null) return;
	const random = randomFrom(testSeed);
	t.diagnostic(`seed ${testSeed}`);
	const lostMs: number[] = [];
	for (let cut = 0; cut < cuts; cut++) {
		const scenario = await createScenario(join(image.mountPoint, `${cut}`), { recordings: 0 });
		// The test's own files are not what is to be lost.
		execFileSync("sync");
		let pid = 0;
		let name = "";
		let playing = 0;
		let recordedMs = 0;
		let startedMs = 0;
		let cutMs = 0;
		const outcome = await onwax(scenario, ["record", "--rate", `${sampleRate}`], {
			env: hearing(server),
			onStart: (started) => {
				pid = started;
			},
			onLine: async (line) => {
				if (line.event !== "started") return;
				startedMs = performance.now();
				name = String(line.name);
				recordedMs = random(3000);
				await sleep(recordedMs);
				playing = placeOf(listener.newest(1)[0] as number);
				cutMs = performance.now();
				// What is synced until this has reached the disk is more than was heard by then.
				image.cutPower();
				process.kill(pid, "SIGKILL");
			},
		});
		assert.equal(outcome.signal, "SIGKILL", outcome.stderr);
		image.remount();
		await asAfterBooting(scenario);
		const recordings = await recoverAndCount(scenario);
		// Cut off in its first second, all of it may be what was not synced yet.
		if (recordings.length === 0) {
			assert.ok(recordedMs < promisedMs, `nothing is left of ${recordedMs} ms`);
			lostMs.push(recordedMs);
			continue;
		}
		assert.deepEqual(
			recordings.map((one) => one.name),
			[name],
		);
		const [recording] = recordings;
		assert.equal(recording?.breaks, 0);
		const heard = ((cutMs - startedMs) / 1000) * sampleRate;
		const missing = heard - (recording?.frames ?? 0);
		const lost = framesBetweenNear(recording?.lastPlace ?? 0, playing, missing);
		lostMs.push((lost / sampleRate) * 1000);
	}
	const { median, worst } = spread(lostMs);
	t.diagnostic(
		`${lostMs.length} cuts: median ${median.toFixed(0)} ms lost, worst ${worst.toFixed(0)} ms`,
	);
	assert.ok(worst <= promisedMs, `worst ${worst} ms`);
});

/** A machine that has been down runs anew: the one thing that cutting a disk's power does not do. */
async function asAfterBooting({ dataDir }: Scenario): Promise<void> {
	const incoming = join(dataDir, "recordings", "incoming");
	for (const entry of await readdir(incoming, { recursive: true })) {
		if (basename(entry) !== "intent.json") continue;
		const path = join(incoming, entry);
		const intent = JSON.parse(await readFile(path, "utf8"));
		intent.capture.bootId = "before the power cut";
		await writeFile(path, JSON.stringify(intent));
	}
}
