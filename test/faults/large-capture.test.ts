import assert from "node:assert/strict";
import { mkdir, open, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { newName } from "../../src/archive/name.ts";
import { captureHeader, segmentFilename } from "../../src/library/capture-segments.ts";
import { finishCapture } from "../../src/library/finish-capture.ts";
import { type Intent, writeIntent } from "../../src/library/intent.ts";
import { parseWav } from "../../src/wav.ts";
import { countingFrames, firstBreak } from "../counting-frames.ts";
import { tempFolder } from "../temp-folder.ts";

const channels = 2;
const frameBytes = channels * 2;

test("beyond 4 GiB the header is RF64, and every frame is there", async (t) => {
	const frames = Math.ceil((2 ** 32 + 4000) / frameBytes);
	const { name, createdAt } = newName();
	const folder = join(await tempFolder(t), name);
	await mkdir(folder);
	const capture = {
		...{ sampleRate: 8000, channels, device: "default", bootId: null },
		startedAt: createdAt,
	};
	const intent = {
		...{ format: 1 as const, source: "microphone" as const, originalFilename: null },
		...{ title: null, tags: [], audioFile: "audio.wav", capture },
	} satisfies Intent;
	await writeIntent(folder, intent);
	const header = captureHeader(name, capture, null);
	await writeFile(join(folder, "audio.wav"), header);
	// A hole: long without taking the disk's space.
	await truncate(join(folder, "audio.wav"), header.length + frames * frameBytes);
	const tail = Buffer.concat([header, countingFrames(frames, 2000, channels)]);
	await writeFile(join(folder, segmentFilename(frames, 0)), tail);
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
