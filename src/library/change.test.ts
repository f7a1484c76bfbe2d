import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openTempLibrary, publishOne } from "../../test/temp-library.ts";
import { recordingFolder } from "../archive/layout.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { prepareFile } from "../durable/prepared-file.ts";
import { changeRecording } from "./change.ts";
import { purgeRecording, restoreRecording, trashRecording } from "./remove.ts";

test("concurrent changes of one recording are all there in the end", async (t) => {
	const library = await openTempLibrary(t);
	const other = await openTempLibrary(t, library.layout.data);
	const name = await publishOne(library);
	await Promise.all(
		Array.from({ length: 12 }, (_, i) =>
			changeRecording(i % 2 ? library : other, name, async ({ metadata }) => ({
				fields: { tags: [...metadata.tags, `tag-${i}`] },
			})),
		),
	);
	const folder = recordingFolder(library.layout, "pending", name);
	const metadata = await readMetadata(folder);
	assert.equal(metadata.tags.length, 12);
	assert.equal(metadata.revision, 13);
	assert.deepEqual((await library.catalogue.get(name))?.metadata, metadata);
	assert.deepEqual(await library.catalogue.openChanges(), []);
});

test("an edit that throws leaves the recording as it was, and free", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	const failing = changeRecording(library, name, async ({ folder }) => {
		await writeFile(join(folder, ".half.00000000.part"), "half");
		throw new Error("no");
	});
	await assert.rejects(failing, { message: "no" });
	const folder = recordingFolder(library.layout, "pending", name);
	assert.deepEqual((await readdir(folder)).sort(), ["audio.wav", "metadata.json"]);
	assert.deepEqual(await library.catalogue.openChanges(), []);
	assert.equal((await readMetadata(folder)).revision, 1);
});

test("trash, restore and purge move one folder and are harmless twice", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	await assert.rejects(purgeRecording(library, name), { code: "ERR_STATE" });
	for (const _ of [1, 2]) {
		assert.notEqual((await trashRecording(library, name)).deletedAt, null);
		await readMetadata(recordingFolder(library.layout, "trash", name));
	}
	for (const _ of [1, 2]) {
		assert.equal((await restoreRecording(library, name)).deletedAt, null);
		await readMetadata(recordingFolder(library.layout, "pending", name));
	}
	await trashRecording(library, name);
	await purgeRecording(library, name);
	assert.equal(await library.catalogue.get(name), null);
	for (const shelf of ["pending", "trash"]) {
		assert.deepEqual(await readdir(join(library.layout.recordings, shelf)), []);
	}
	await assert.rejects(trashRecording(library, name), { code: "ERR_NOT_FOUND" });
	assert.deepEqual(await library.catalogue.openChanges(), []);
});

test("a recording whose folder is gone is not found, and leaves the catalogue", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	await rm(recordingFolder(library.layout, "pending", name), { recursive: true });
	await assert.rejects(trashRecording(library, name), { code: "ERR_NOT_FOUND" });
	assert.equal(await library.catalogue.get(name), null);
});

test("a change that could be neither finished nor healed is healed before the next one, even a void one", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	const folder = recordingFolder(library.layout, "pending", name);
	// A folder in the place of a file: it can be put there neither now nor by healing.
	await mkdir(join(folder, "peaks.bin", "in-the-way"), { recursive: true });
	await assert.rejects(
		changeRecording(library, name, async ({ metadata }) => {
			const facts = await prepareFile(folder, "peaks.bin", "peaks");
			return { fields: { files: { ...metadata.files, "peaks.bin": facts } } };
		}),
	);
	await assert.rejects(changeRecording(library, name, async () => null));
	await rm(join(folder, "peaks.bin"), { recursive: true });
	await changeRecording(library, name, async () => null);
	assert.equal(await readFile(join(folder, "peaks.bin"), "utf8"), "peaks");
	assert.deepEqual(await library.catalogue.openChanges(), []);
});
