import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { open, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { copyHashed } from "./copy-hashed.ts";
import { hashFile } from "./hash-file.ts";

const mebibyte = 2 ** 20;

for (const sizeBytes of [0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 5 * mebibyte + 12_345]) {
	test(`${sizeBytes} bytes are copied exactly and hashed as they are on disk`, async (t) => {
		const folder = await tempFolder(t);
		const content = randomBytes(sizeBytes);
		const path = join(folder, "source");
		await writeFile(path, content);
		const handle = await open(path, "r");
		t.after(() => handle.close());
		let told = 0;
		const target = join(folder, "target");
		const facts = await copyHashed({ handle, path }, target, { onBytes: (n) => (told += n) });
		const sha256 = createHash("sha256").update(content).digest("hex");
		assert.deepEqual(facts, { sha256, sizeBytes });
		assert.equal(told, sizeBytes);
		assert.ok(content.equals(await readFile(target)));
		assert.deepEqual(await hashFile(target), facts);
	});
}

test("several copies at once do not get into each other's buffers", async (t) => {
	const folder = await tempFolder(t);
	await Promise.all(
		Array.from({ length: 12 }, async (_, i) => {
			const content = randomBytes(3 * mebibyte + i);
			const path = join(folder, `source${i}`);
			await writeFile(path, content);
			const handle = await open(path, "r");
			const facts = await copyHashed({ handle, path }, join(folder, `target${i}`));
			await handle.close();
			assert.equal(facts.sha256, createHash("sha256").update(content).digest("hex"));
			assert.ok(content.equals(await readFile(join(folder, `target${i}`))));
		}),
	);
});

test("an existing target is not overwritten", async (t) => {
	const folder = await tempFolder(t);
	await writeFile(join(folder, "source"), "new");
	await writeFile(join(folder, "target"), "precious");
	const handle = await open(join(folder, "source"), "r");
	t.after(() => handle.close());
	const source = { handle, path: join(folder, "source") };
	await assert.rejects(copyHashed(source, join(folder, "target")), { code: "EEXIST" });
	assert.equal(await readFile(join(folder, "target"), "utf8"), "precious");
});

test("an abort ends the copy with its reason", async (t) => {
	const folder = await tempFolder(t);
	const path = join(folder, "source");
	await writeFile(path, randomBytes(4 * mebibyte));
	const handle = await open(path, "r");
	t.after(() => handle.close());
	const controller = new AbortController();
	const copying = copyHashed({ handle, path }, join(folder, "target"), {
		signal: controller.signal,
		onBytes: () => controller.abort(new Error("enough")),
	});
	await assert.rejects(copying, { message: "enough" });
});

test("hashing refuses to follow a link", async (t) => {
	const folder = await tempFolder(t);
	await writeFile(join(folder, "real"), "x");
	await symlink(join(folder, "real"), join(folder, "link"));
	await assert.rejects(hashFile(join(folder, "link")), { code: "ELOOP" });
});
