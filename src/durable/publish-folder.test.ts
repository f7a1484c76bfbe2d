import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { publishFolders } from "./publish-folder.ts";
import { removeFolder } from "./remove-folder.ts";

async function recordingIn(folder: string, name: string): Promise<string> {
	const path = join(folder, name);
	await mkdir(path, { recursive: true });
	await writeFile(join(path, "audio.wav"), name);
	return path;
}

test("folders move whole to their new names", async (t) => {
	const folder = await tempFolder(t);
	await mkdir(join(folder, "pending"));
	const moves = [];
	for (const name of ["a", "b", "c"]) {
		const from = await recordingIn(join(folder, "incoming"), name);
		moves.push({ from, to: join(folder, "pending", name) });
	}
	await publishFolders(moves);
	assert.deepEqual(await readdir(join(folder, "incoming")), []);
	assert.deepEqual((await readdir(join(folder, "pending"))).sort(), ["a", "b", "c"]);
	assert.equal(await readFile(join(folder, "pending", "b", "audio.wav"), "utf8"), "b");
});

test("a folder that is there already is never replaced: ERR_CONFLICT, both untouched", async (t) => {
	const folder = await tempFolder(t);
	const from = await recordingIn(join(folder, "incoming"), "a");
	const to = await recordingIn(join(folder, "pending"), "a");
	await writeFile(join(to, "audio.wav"), "the first");
	await assert.rejects(publishFolders([{ from, to }]), { code: "ERR_CONFLICT" });
	assert.equal(await readFile(join(to, "audio.wav"), "utf8"), "the first");
	assert.equal(await readFile(join(from, "audio.wav"), "utf8"), "a");
});

test("when one move of a batch fails, the others before it stand and the error is told", async (t) => {
	const folder = await tempFolder(t);
	await mkdir(join(folder, "pending"));
	const first = await recordingIn(join(folder, "incoming"), "a");
	const second = await recordingIn(join(folder, "incoming"), "b");
	const moves = [
		{ from: first, to: join(folder, "pending", "a") },
		{ from: second, to: join(folder, "nowhere", "b") },
	];
	await assert.rejects(publishFolders(moves), { code: "ENOENT" });
	assert.deepEqual(await readdir(join(folder, "pending")), ["a"]);
	assert.deepEqual(await readdir(join(folder, "incoming")), ["b"]);
});

test("removing a folder takes it away with everything in it, links not followed", async (t) => {
	const folder = await tempFolder(t);
	const outside = await recordingIn(folder, "outside");
	const path = await recordingIn(join(folder, "trash"), "a");
	await symlink(outside, join(path, "link"));
	await removeFolder(path);
	assert.deepEqual(await readdir(join(folder, "trash")), []);
	assert.deepEqual(await readdir(outside), ["audio.wav"]);
});
