import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { exampleMetadata } from "../../test/example-metadata.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { parseMetadata, readMetadata, serializeMetadata, writeMetadata } from "./metadata-file.ts";

test("what is written is read back the same, whatever people type", async () => {
	const text = fc.oneof(fc.string({ unit: "binary" }), fc.constant(null));
	fc.assert(
		fc.property(text, text, fc.array(fc.string()), (title, originalFilename, tags) => {
			const metadata = exampleMetadata({ title, originalFilename, tags });
			assert.deepEqual(parseMetadata(serializeMetadata(metadata)), metadata);
		}),
	);
});

test("a change of any one byte is noticed", () => {
	const bytes = Buffer.from(serializeMetadata(exampleMetadata({ title: "A title, ünïcödé" })));
	fc.assert(
		fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
			const damaged = Buffer.from(bytes);
			damaged[at] = (damaged[at] as number) ^ flip;
			assert.throws(() => parseMetadata(damaged.toString()), { code: "ERR_DAMAGED" });
		}),
		{ numRuns: 500 },
	);
});

test("the checksum can be checked with coreutils alone", async (t) => {
	const folder = await tempFolder(t);
	await writeMetadata(folder, exampleMetadata({ title: 'Ein Titel mit " und \\ und ü' }));
	const command = 'head -n -2 "$1" | sha256sum | cut -d" " -f1; tail -n 2 "$1" | tr -dc 0-9a-f';
	const output = execFileSync("sh", ["-c", command, "sh", join(folder, "metadata.json")]);
	const [computed, told] = output.toString().split("\n");
	// "checksum" itself leaves the letters c, e and c behind.
	assert.equal(told, `cec${computed}`);
});

test("a missing file, a link, a torn file and a newer format each say what they are", async (t) => {
	const folder = await tempFolder(t);
	await assert.rejects(readMetadata(folder), { code: "ERR_DAMAGED" });
	await symlink("/etc/hostname", join(folder, "metadata.json"));
	await assert.rejects(readMetadata(folder), { code: "ERR_DAMAGED" });

	const torn = await tempFolder(t);
	await writeFile(join(torn, "metadata.json"), serializeMetadata(exampleMetadata()).slice(0, 300));
	await assert.rejects(readMetadata(torn), { code: "ERR_DAMAGED" });

	const newer = serializeMetadata({ ...exampleMetadata(), format: 2 as 1 });
	assert.throws(() => parseMetadata(newer), { code: "ERR_FORMAT_TOO_NEW" });
});

test("file names in metadata cannot lead out of the folder", () => {
	for (const file of ["../x", "/etc/passwd", "a/b", "..", ".hidden", "a\\b", ""]) {
		const files = { ...exampleMetadata().files, [file]: { sha256: "0".repeat(64), sizeBytes: 1 } };
		const text = serializeMetadata(exampleMetadata({ files }));
		assert.throws(() => parseMetadata(text), { code: "ERR_DAMAGED" }, file);
	}
});
