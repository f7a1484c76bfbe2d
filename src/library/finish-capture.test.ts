import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFile, open, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { countingFrames, firstBreak } from "../../test/counting-frames.ts";
import { type LeftCapture, leaveCapture, type Piece } from "../../test/left-capture.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { parseWav } from "../wav.ts";
import { segmentFilename } from "./capture-segments.ts";
import { finishCapture } from "./finish-capture.ts";

const channels = 2;
const frameBytes = channels * 2;
const captureOf = async (t: TestContext, pieces: readonly Piece[]) =>
	leaveCapture(await tempFolder(t), pieces, { channels });

async function finished({ folder, intent }: LeftCapture, recovered = false) {
	const staged = await finishCapture(folder, intent, "0.1.0", recovered);
	assert.ok(staged);
	const bytes = await readFile(join(folder, "audio.wav"));
	const facts = parseWav(bytes, bytes.length);
	assert.ok(facts);
	const listed = staged.metadata.files["audio.wav"];
	assert.equal(listed?.sha256, createHash("sha256").update(bytes).digest("hex"));
	assert.equal(listed?.sizeBytes, bytes.length);
	assert.deepEqual((await readdir(folder)).sort(), ["audio.wav", "metadata.json"]);
	const samples = bytes.subarray(facts.dataOffset, facts.dataOffset + facts.payloadBytes);
	return { metadata: staged.metadata, facts, samples };
}

test("one segment gets an honest header, and a torn frame is cut off", async (t) => {
	const left = await captureOf(t, [{ start: 0, frames: 1000, torn: 3 }]);
	const { metadata, facts, samples } = await finished(left);
	assert.equal(facts.sizeHonest, true);
	assert.equal(facts.trailerBytes, 0);
	assert.equal(samples.length, 1000 * frameBytes);
	assert.equal(firstBreak(samples, channels, 0), null);
	assert.equal(metadata.audio.durationSeconds, 1000 / 8000);
	assert.equal(metadata.title, "Memo");
	assert.deepEqual(metadata.tags, ["field"]);
	assert.equal(metadata.createdAt, left.intent.capture.startedAt);
	assert.deepEqual(metadata.events, []);
});

test("segments are joined to the frame, whether they were left for their length or for an error", async (t) => {
	const long: Piece[] = [
		{ start: 0, frames: 1000 },
		{ start: 1000, frames: 1 },
		{ start: 1001, frames: 70_000 },
	];
	const failed: Piece[] = [
		// What was beyond the last good sync was written again: it counts once.
		{ start: 0, frames: 1500 },
		{ start: 900, frames: 800, errors: 1 },
		{ start: 900, frames: 50, errors: 2 },
		{ start: 950, frames: 70_051, errors: 3 },
	];
	const full: Piece[] = [
		{ start: 0, frames: 1500 },
		{ start: 900, frames: 70_101, errors: 1, why: "full" },
	];
	for (const pieces of [long, failed, full]) {
		const { samples } = await finished(await captureOf(t, pieces));
		assert.equal(samples.length, 71_001 * frameBytes);
		assert.equal(firstBreak(samples, channels, 0), null);
	}
});

test("frames that no segment has are silence of the same length, and said to be lost", async (t) => {
	for (const errors of [0, 1]) {
		const left = await captureOf(t, [
			{ start: 0, frames: 800 },
			{ start: 1600, frames: 100, errors },
		]);
		const { metadata, samples } = await finished(left);
		assert.equal(samples.length, 1700 * frameBytes);
		assert.equal(firstBreak(samples.subarray(0, 800 * frameBytes), channels, 0), null);
		assert.ok(samples.subarray(800 * frameBytes, 1600 * frameBytes).every((byte) => byte === 0));
		assert.equal(firstBreak(samples.subarray(1600 * frameBytes), channels, 1600), null);
		assert.match(metadata.events[0]?.message ?? "", /^100 ms are lost at 0\.100 s/);
	}
});

test("what was half joined when the program was killed is joined to the same bytes", async (t) => {
	const pieces = [
		{ start: 0, frames: 1000 },
		{ start: 1000, frames: 500 },
		{ start: 1500, frames: 500 },
	];
	for (const alreadyThere of [0, 1, 250, 500, 700]) {
		const left = await captureOf(t, pieces);
		const first = await open(join(left.folder, "audio.wav"), "r+");
		const { size } = await first.stat();
		await first.write(countingFrames(1000, alreadyThere, channels), 0, null, size);
		await first.close();
		const { samples } = await finished(left);
		assert.equal(samples.length, 2000 * frameBytes);
		assert.equal(firstBreak(samples, channels, 0), null);
	}
});

test("a capture whose files never got a sample is nothing", async (t) => {
	const finish = ({ folder, intent }: LeftCapture) => finishCapture(folder, intent, "0.1.0", true);
	assert.equal(await finish(await captureOf(t, [])), null);
	const bare = await captureOf(t, [{ start: 0, frames: 0 }]);
	assert.equal(await finish(bare), null);
	await truncate(join(bare.folder, "audio.wav"), 10);
	assert.equal(await finish(bare), null);
});

test("the events that were written down come along, up to a torn line; recovery says what it knows", async (t) => {
	const left = await captureOf(t, [{ start: 0, frames: 100, torn: 1 }]);
	const gap = { at: "2026-03-04T05:06:08.000Z", kind: "gap", message: "0:00:01 gone for 1 s" };
	await writeFile(join(left.folder, "events.jsonl"), `${JSON.stringify(gap)}\n{"at":"2026`);
	const { metadata } = await finished(left, true);
	assert.deepEqual(metadata.events[0], gap);
	assert.equal(metadata.events[1]?.kind, "recovered");
	assert.match(metadata.events[1]?.message ?? "", /0\.013 s.* at most 100 ms .* at most 1000 ms/);
	assert.match(
		metadata.events[1]?.message ?? "",
		/Cut off from the end: a torn sample of 1 bytes\./,
	);
	assert.equal(metadata.events.length, 2);
});

test("zeros that a disk made up at the end are cut off after the machine went down, and only then", async (t) => {
	const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
	for (const [before, kept] of [
		["another run of the system", 1000],
		[bootId, 1300],
	] as const) {
		const left = await captureOf(t, [{ start: 0, frames: 1000 }]);
		const file = await open(join(left.folder, "audio.wav"), "a");
		await file.write(Buffer.alloc(300 * frameBytes));
		await file.close();
		left.intent.capture.bootId = before;
		const { metadata, samples } = await finished(left, true);
		assert.equal(samples.length, kept * frameBytes);
		const [event] = metadata.events;
		if (kept === 1000) assert.match(event?.message ?? "", /machine went down.*38 ms of zeros/);
		else assert.match(event?.message ?? "", /was killed.*held\.$/);
	}
});

test("what begins where no segment can, and what is no plain file, is left where it is", async (t) => {
	const left = await captureOf(t, [{ start: 0, frames: 1000 }]);
	const stray = segmentFilename(99_999_999_999_999, null);
	await copyFile(join(left.folder, "audio.wav"), join(left.folder, stray));
	await symlink("/dev/zero", join(left.folder, segmentFilename(1000, null)));
	const staged = await finishCapture(left.folder, left.intent, "0.1.0", true);
	assert.equal(staged?.metadata.audio.durationSeconds, 1000 / 8000);
	assert.ok((await readdir(left.folder)).includes(stray));
});
