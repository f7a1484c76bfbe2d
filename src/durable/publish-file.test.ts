import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { publishFile } from "./publish-file.ts";

test("a published file has the content, mode 600, and the facts that were returned", async (t) => {
	const folder = await tempFolder(t);
	const path = join(folder, "a.json");
	const facts = await publishFile(path, "hello");
	assert.equal(await readFile(path, "utf8"), "hello");
	assert.equal((await stat(path)).mode & 0o777, 0o600);
	assert.deepEqual(facts, {
		sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
		sizeBytes: 5,
	});
});

test("publishing replaces a file whole and leaves nothing beside it", async (t) => {
	const folder = await tempFolder(t);
	const path = join(folder, "a.json");
	await writeFile(path, "the old and much longer content");
	await publishFile(path, "new");
	assert.equal(await readFile(path, "utf8"), "new");
	assert.deepEqual(await readdir(folder), ["a.json"]);
});

test("a failed publish keeps the old content and removes what was half-written", async (t) => {
	const folder = await tempFolder(t);
	// A folder with something in it cannot be replaced by a file: the rename fails.
	await mkdir(join(folder, "a.json"));
	await writeFile(join(folder, "a.json", "inside"), "kept");
	await assert.rejects(publishFile(join(folder, "a.json"), "new"));
	assert.deepEqual(await readdir(folder), ["a.json"]);
	assert.equal(await readFile(join(folder, "a.json", "inside"), "utf8"), "kept");
});

test("of many concurrent publishers under one name, one whole content stands", async (t) => {
	const path = join(await tempFolder(t), "a.json");
	const contents = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(10_000));
	await Promise.all(contents.map((content) => publishFile(path, content)));
	assert.ok(contents.includes(await readFile(path, "utf8")));
});
