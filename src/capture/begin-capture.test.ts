import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { mountFolder } from "../../test/faults/mounts.ts";
import { beginCapture } from "./begin-capture.ts";

/** On a file system in memory that is as small as `options` say. */
function beginOn(t: TestContext, options: string) {
	const mounts = mountFolder(t);
	if (mounts === null) return null;
	const folder = join(mounts.path, "disk");
	mounts.tmpfs(folder, options);
	const format = { sampleRate: 8000, channels: 1 };
	const fields = { title: null, tags: [], device: null, format };
	const trouble = { onTrouble() {}, onTroubleOver() {} };
	const writer = { id: "writer", folder, close: async () => {} };
	const begin = () =>
		beginCapture(writer, { ...fields, segmentBytes: 1e8, syncEverySeconds: 0.5 }, trouble);
	return { folder, begin };
}

test("a disk without room for the ballast is recorded to without one", async (t) => {
	const disk = beginOn(t, "size=1m");
	if (disk === null) return;
	const capture = await disk.begin();
	assert.equal((await readdir(capture.folder)).length, 2, "the intent and the audio");
	capture.log.append(Buffer.alloc(16_000, 1));
	await capture.log.seal(0);
	assert.equal(capture.log.syncedFrames, 8000);
});

// The folder itself, the intent's draft, the intent …: one file less each time.
for (const inodes of [2, 3, 4]) {
	test(`a beginning that fails half-way leaves no folder: ${inodes} inodes`, async (t) => {
		const disk = beginOn(t, `nr_inodes=${inodes}`);
		if (disk === null) return;
		await assert.rejects(disk.begin(), { code: "ENOSPC" });
		assert.deepEqual(await readdir(disk.folder), []);
	});
}
