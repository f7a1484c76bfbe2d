import assert from "node:assert/strict";
import { open, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { segmentFilename } from "../../src/library/capture-segments.ts";
import { finishCapture } from "../../src/library/finish-capture.ts";
import { parseWav } from "../../src/wav.ts";
import { countingFrames, firstBreak } from "../counting-frames.ts";
import { leaveCapture } from "../left-capture.ts";
import { tempFolder } from "../temp-folder.ts";

const channels = 2;
const frameBytes = channels * 2;

test("beyond 4 GiB the header is RF64, and every frame is there", async (t) => {
	const frames = Math.ceil((2 ** 32 + 4000) / frameBytes);
	const { folder, intent, header } = await leaveCapture(
		await tempFolder(t),
		[{ start: 0, frames: 0 }],
		{ channels },
	);
	// A hole: long without taking the disk's space.
	await truncate(join(folder, "audio.wav"), header.length + frames * frameBytes);
	const tail = Buffer.concat([header, countingFrames(frames, 2000, channels)]);
	await writeFile(join(folder, segmentFilename(frames, null)), tail);
	const staged = await finishCapture(folder, intent, "0.1.0", false);
	const file = await open(join(folder, "audio.wav"));
	t.after(() => file.close());
	const { size } = await file.stat();
	const head = Buffer.alloc(65_536);
	await file.read(head, 0, head.length, 0);
	const facts = parseWav(head, size);
	assert.equal(facts?.form, "RF64");
	assert.equal(facts?.sizeHonest, true);
	assert.equal(facts?.payloadBytes, (frames + 2000) * frameBytes);
	assert.equal(staged?.metadata.audio.durationSeconds, (frames + 2000) / 8000);
	const end = Buffer.alloc(2000 * frameBytes);
	await file.read(end, 0, end.length, size - end.length);
	assert.equal(firstBreak(end, channels, frames), null);
});
