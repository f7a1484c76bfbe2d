import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom, testSeed } from "../seeded.ts";
import { hearing } from "../sound-server.ts";
import {
	framesBetween,
	placeOf,
	recoverAndCount,
	sampleRate,
	spread,
	startCounting,
} from "./counting-recording.ts";
import { mountExt4 } from "./ext4-image.ts";
import { createScenario, onwax, type Scenario } from "./scenario.ts";
import { watchDisk } from "./watched-disk.ts";

/** The number in the README is of 50: `ONWAX_TEST_POWER_CUTS=50 npm run test:faults`. */
const cuts = Number(process.env.ONWAX_TEST_POWER_CUTS ?? 12);
const promisedMs = 1000;

test(`power cut at ${cuts} random moments while recording: at most ${promisedMs} ms are lost, or two syncs of a slow disk, and nothing is unreadable`, async (t) => {
	const server = await startCounting(t, 60 + cuts * 8);
	if (server === null) return;
	const listener = await server.listen();
	const image = mountExt4(t, 256);
	if (image === null) return;
	const random = randomFrom(testSeed);
	t.diagnostic(`seed ${testSeed}`);
	const disk = await watchDisk(t);
	const lostMs: number[] = [];
	const tooManyMs: number[] = [];
	for (let cut = 0; cut < cuts; cut++) {
		const scenario = await createScenario(join(image.mountPoint, `${cut}`), { recordings: 0 });
		// The test's own files are not what is to be lost.
		execFileSync("sync");
		let pid = 0;
		let name = "";
		let playing = 0;
		let recordedMs = 0;
		let syncMs = 0;
		const outcome = await onwax(scenario, ["record", "--rate", `${sampleRate}`], {
			env: hearing(server),
			onStart: (started) => {
				pid = started;
			},
			onLine: async (line) => {
				if (line.event !== "started") return;
				name = String(line.name);
				recordedMs = random(3000);
				disk.slowestSyncMs();
				await sleep(recordedMs);
				syncMs = disk.slowestSyncMs();
				playing = placeOf(listener.newest(1)[0] as number);
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
			lostMs.push(recordedMs);
			tooManyMs.push(recordedMs - allowedMs(syncMs));
			continue;
		}
		assert.deepEqual(
			recordings.map((one) => one.name),
			[name],
		);
		const [recording] = recordings;
		assert.equal(recording?.breaks, 0);
		const lost = framesBetween(recording?.lastPlace ?? 0, playing);
		lostMs.push((lost / sampleRate) * 1000);
		tooManyMs.push((lost / sampleRate) * 1000 - allowedMs(syncMs));
	}
	const { median, worst } = spread(lostMs);
	t.diagnostic(
		`${lostMs.length} cuts: median ${median.toFixed(0)} ms lost, worst ${worst.toFixed(0)} ms`,
	);
	assert.ok(median <= promisedMs, `median ${median} ms`);
	const tooMany = Math.max(...tooManyMs);
	assert.ok(tooMany <= 0, `${tooMany} ms more than may be lost; worst ${worst} ms`);
});

/** What came since a sync began is not safe before the next one has ended. */
function allowedMs(syncMs: number): number {
	return Math.max(promisedMs, 2 * syncMs);
}

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
