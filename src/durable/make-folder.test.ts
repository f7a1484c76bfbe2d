import assert from "node:assert/strict";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { makeFolder } from "./make-folder.ts";

test("a folder is made with everything above it, for its owner alone; twice is harmless", async (t) => {
	const folder = await tempFolder(t);
	const path = join(folder, "a", "b", "c");
	await makeFolder(path);
	await makeFolder(path);
	for (const made of [join(folder, "a"), join(folder, "a", "b"), path]) {
		assert.equal((await stat(made)).mode & 0o777, 0o700);
	}
});

test("several that make the same chain at once all succeed", async (t) => {
	const path = join(await tempFolder(t), "a", "b", "c");
	await Promise.all(Array.from({ length: 10 }, () => makeFolder(path)));
	assert.deepEqual(await readdir(path), []);
});

test("a file that is in the way stays, and is told", async (t) => {
	const folder = await tempFolder(t);
	await writeFile(join(folder, "a"), "kept");
	await assert.rejects(makeFolder(join(folder, "a")), { code: "EEXIST" });
	await assert.rejects(makeFolder(join(folder, "a", "b")), { code: "ENOTDIR" });
});
