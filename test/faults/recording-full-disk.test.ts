import assert from "node:assert/strict";
import { appendFileSync, rmSync, statfsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { hearing, type SoundServer } from "../sound-server.ts";
import { sampleRate, startCounting } from "./counting-recording.ts";
import { mountFolder } from "./mounts.ts";
import {
	assertValid,
	eventKinds,
	onlyRecording,
	type RunningRecorder,
	record,
} from "./running-recorder.ts";
import { createScenario, type Outcome, onwax, type Scenario } from "./scenario.ts";
import { inWords } from "./stretches.ts";

/** A disk that is small, and another program that writes to it, too. */
type SmallDisk = {
	scenario: Scenario;
	recorder: RunningRecorder;
	/** Takes all of the space but so much, in one go. */
	fill(leaveBytes: number): void;
	/** The other program gives all of it back. */
	free(): void;
};

async function start(
	t: TestContext,
	server: SoundServer,
	minFreeSpaceMb: number,
): Promise<SmallDisk | null> {
	const mounts = mountFolder(t);
	if (mounts === null) return null;
	const scenario = await createScenario(mounts.path, {
		recordings: 0,
		config: { minFreeSpaceMb },
	});
	const disk = join(mounts.path, "data");
	mounts.tmpfs(disk, "size=16m");
	const recorder = record(t, scenario, { env: hearing(server) });
	await recorder.started();
	await sleep(1000);
	const filling = join(disk, "of-another-program");
	return {
		scenario,
		recorder,
		fill(leaveBytes) {
			const { bavail, bsize } = statfsSync(disk);
			let left = bavail * bsize - leaveBytes;
			try {
				for (; left > 0; left -= 65_536) {
					appendFileSync(filling, Buffer.alloc(Math.min(65_536, left)));
				}
			} catch (error) {
				// The recorder was faster.
				assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
			}
		},
		free: () => rmSync(filling),
	};
}

/** It ended by itself, kept all of it up to there, and said why: to people, to programs, and in the metadata. */
async function assertKept(
	{ scenario, recorder, free }: SmallDisk,
	{ exitCode, lines, stderr }: Outcome,
	kind: "disk-full" | "disk-reserve",
): Promise<void> {
	assert.equal(exitCode, 0, stderr);
	assert.match(stderr, /Ended because the disk is full/);
	const stopped = lines.find(({ event }) => event === "stopped");
	assert.equal(stopped?.reason, kind);
	assert.ok(recorder.lines.some((line) => line.event === "notice" && line.kind === kind));
	const { metadata, stretches, frames } = await onlyRecording(scenario);
	assert.equal(stretches.length, 1, inWords(stretches, sampleRate));
	assert.equal(frames, Math.round(Number(stopped?.capturedSeconds) * sampleRate), "all of it");
	assert.ok(eventKinds(metadata).includes(kind), `${eventKinds(metadata)}`);
	assert.ok(!eventKinds(metadata).includes("recovered"), "it came to its end by itself");
	assert.equal(lines.at(-1)?.name, metadata.name);
	await assertValid(scenario);
	free();
	const recovered = await onwax(scenario, ["recover"]);
	assert.deepEqual(recovered.lines[0]?.recovered, []);
	await assertValid(scenario);
}

test("the disk becomes full, by and by or within a moment, with no reserve: all that was said until then is kept", async (t) => {
	const server = await startCounting(t, 60);
	if (server === null) return;
	await Promise.all(
		[250_000, 0].map(async (leaveBytes) => {
			const disk = await start(t, server, 0);
			if (disk === null) return;
			disk.fill(leaveBytes);
			await assertKept(disk, await disk.recorder.ended, "disk-full");
		}),
	);
});

test("the reserve is reached: the recording ends in order, and is kept", async (t) => {
	const server = await startCounting(t, 60);
	if (server === null) return;
	const disk = await start(t, server, 2);
	if (disk === null) return;
	disk.fill(1_900_000);
	await assertKept(disk, await disk.recorder.ended, "disk-reserve");
});

test("a disk that is full already is told before the microphone is opened", async (t) => {
	const mounts = mountFolder(t);
	if (mounts === null) return;
	const opened = join(mounts.path, "opened");
	const scenario = await createScenario(mounts.path, {
		recordings: 0,
		config: { minFreeSpaceMb: 20, record: { microphone: { command: ["touch", opened] } } },
	});
	mounts.tmpfs(join(mounts.path, "data"), "size=8m");
	const { exitCode, lines } = await onwax(scenario, ["record"]);
	assert.equal(exitCode, 1);
	const { error } = lines[0] as { error: { code: string } };
	assert.equal(error.code, "ERR_DISK_FULL");
	assert.ok(!(await readdir(mounts.path)).includes("opened"), "the microphone was opened");
});
