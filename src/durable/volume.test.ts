import assert from "node:assert/strict";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { claimSpace, freeBytes } from "./volume.ts";

test("copies that run at once cannot claim the same space; what is released can be claimed again", async (t) => {
	const folder = await tempFolder(t);
	const most = Math.floor((await freeBytes(folder)) * 0.6);
	const first = await claimSpace(folder, most, 0);
	await assert.rejects(claimSpace(folder, most, 0), { code: "ERR_DISK_FULL", retryable: true });
	first.release();
	first.release();
	const second = await claimSpace(folder, most, 0);
	// What is written is no longer to come: from then on the disk itself tells.
	second.written(most);
	second.written(most);
	const third = await claimSpace(folder, most, 0);
	third.release();
	second.release();
	(await claimSpace(folder, most, 0)).release();
});

test("the reserve is kept out of every claim", async (t) => {
	const folder = await tempFolder(t);
	const free = await freeBytes(folder);
	await assert.rejects(claimSpace(folder, 0, free * 2), { code: "ERR_DISK_FULL" });
});
