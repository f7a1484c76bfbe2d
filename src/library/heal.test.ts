import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openTempLibrary, publishOne, stageBytes } from "../../test/temp-library.ts";
import { recordingFolder, shelfFolder } from "../archive/layout.ts";
import { metadataFilename, readMetadata, writeMetadata } from "../archive/metadata-file.ts";
import { heal } from "./heal.ts";
import { writeIntent } from "./intent.ts";
import { type Library, revise } from "./library.ts";
import { reindex } from "./reindex.ts";
import type { Inspection } from "./stage.ts";

const inspect = async (): Promise<Inspection> => ({
	audio: {
		mimeType: "audio/wav",
		codec: null,
		durationSeconds: null,
		sampleRate: null,
		channels: null,
		bitDepth: null,
	},
	error: null,
});

function folderOn(library: Library, shelf: "pending" | "success" | "trash", name: string): string {
	return recordingFolder(library.layout, shelf, name);
}

test("a healthy library has nothing to heal", async (t) => {
	const library = await openTempLibrary(t);
	await publishOne(library);
	const report = await heal(library, inspect);
	assert.deepEqual(report, {
		deadWriters: 0,
		recovered: [],
		healed: [],
		problems: [],
		strangers: [],
	});
});

test("a folder the catalogue does not know is added; a row without a folder goes", async (t) => {
	const library = await openTempLibrary(t);
	const unknown = await publishOne(library, { title: "found again" });
	const gone = await publishOne(library);
	await library.catalogue.remove([unknown]);
	await rm(folderOn(library, "pending", gone), { recursive: true });
	await heal(library, inspect);
	assert.equal((await library.catalogue.get(unknown))?.metadata.title, "found again");
	assert.equal(await library.catalogue.get(gone), null);
});

test("a move that was cut short before its rename is finished", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	const folder = folderOn(library, "pending", name);
	const metadata = await readMetadata(folder);
	await writeMetadata(folder, revise(metadata, { state: "success" }, "0.1.0"));
	// What a crash leaves: the claim of a writer that is no more.
	await library.catalogue.claimChange(name, "writer-00000000000000ff");
	await heal(library, inspect);
	assert.deepEqual(await readdir(shelfFolder(library.layout, "pending")), []);
	assert.deepEqual(await readdir(shelfFolder(library.layout, "success")), [name]);
	assert.equal((await library.catalogue.get(name))?.metadata.state, "success");
	assert.deepEqual(await library.catalogue.openChanges(), []);
});

test("of two folders after a move between devices, the newer stays and the covered one goes", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	const [from, to] = [folderOn(library, "pending", name), folderOn(library, "success", name)];
	const metadata = await readMetadata(from);
	await cp(from, to, { recursive: true });
	await writeMetadata(to, revise(metadata, { state: "success" }, "0.1.0"));
	await heal(library, inspect);
	assert.deepEqual(await readdir(shelfFolder(library.layout, "pending")), []);
	assert.equal((await library.catalogue.get(name))?.metadata.revision, 2);
});

test("two folders that differ are both kept, and that is told", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	const [from, to] = [folderOn(library, "pending", name), folderOn(library, "success", name)];
	await cp(from, to, { recursive: true });
	await writeFile(join(from, "only-here.txt"), "precious");
	await writeMetadata(to, revise(await readMetadata(to), { state: "success" }, "0.1.0"));
	const report = await heal(library, inspect);
	assert.equal(report.problems.length, 1);
	assert.match(report.problems[0]?.message ?? "", /only-here\.txt differs/);
	assert.equal(await readFile(join(from, "only-here.txt"), "utf8"), "precious");
	await readMetadata(to);
});

test("a damaged metadata.json comes back from the catalogue when the files agree", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library, { title: "Kept" });
	const folder = folderOn(library, "pending", name);
	const path = join(folder, metadataFilename);
	await writeFile(path, (await readFile(path, "utf8")).replace("Kept", "Kepp"));
	await library.catalogue.claimChange(name, "writer-00000000000000ff");
	const report = await heal(library, inspect);
	assert.deepEqual(report.problems, []);
	assert.equal((await readMetadata(folder)).title, "Kept");
});

test("a half-done purge is finished, a half copy between devices dropped, strangers told", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	const trash = shelfFolder(library.layout, "trash");
	await cp(folderOn(library, "pending", name), join(trash, `.purged-${name}`), { recursive: true });
	await mkdir(join(shelfFolder(library.layout, "success"), `.part-${name}`));
	await writeFile(join(trash, "notes.txt"), "somebody's");
	const report = await heal(library, inspect);
	assert.deepEqual(await readdir(trash), ["notes.txt"]);
	assert.deepEqual(await readdir(shelfFolder(library.layout, "success")), []);
	assert.deepEqual(report.strangers, [join(trash, "notes.txt")]);
	await readMetadata(folderOn(library, "pending", name));
});

/** Leaves in `incoming` what a killed process would: a writer's folder whose lock nobody holds. */
async function leaveBehind(library: Library, staged: string): Promise<string> {
	const dead = join(library.layout.incoming, "writer-00000000000000aa");
	await mkdir(dead, { recursive: true });
	const name = staged.split("/").at(-1) as string;
	await rename(staged, join(dead, name));
	return join(dead, name);
}

test("a whole recording of a dead writer is published", async (t) => {
	const library = await openTempLibrary(t);
	const staged = await stageBytes(library);
	await leaveBehind(library, staged.folder);
	const report = await heal(library, inspect);
	assert.deepEqual([report.deadWriters, report.recovered], [1, [staged.metadata.name]]);
	assert.ok(await library.catalogue.get(staged.metadata.name));
});

test("a copy that was cut short is dropped: its source is still where it was", async (t) => {
	const library = await openTempLibrary(t);
	const staged = await stageBytes(library);
	const left = await leaveBehind(library, staged.folder);
	await rm(join(left, metadataFilename));
	const report = await heal(library, inspect);
	assert.deepEqual(report.recovered, []);
	assert.deepEqual(
		(await readdir(library.layout.incoming)).filter((entry) => entry.endsWith("aa")),
		[],
	);
});

test("audio from a pipe that was cut short becomes a recording that says so", async (t) => {
	const library = await openTempLibrary(t);
	const staged = await stageBytes(library, Buffer.from("only here"));
	await rm(join(staged.folder, metadataFilename));
	await writeIntent(staged.folder, {
		format: 1,
		source: "import",
		originalFilename: "stdin",
		title: "From a pipe",
		tags: ["t"],
		audioFile: "audio.wav",
	});
	await leaveBehind(library, staged.folder);
	const report = await heal(library, inspect);
	assert.equal(report.recovered.length, 1);
	const recording = await library.catalogue.get(report.recovered[0] ?? "");
	assert.equal(recording?.metadata.title, "From a pipe");
	assert.equal(recording?.metadata.events[0]?.kind, "recovered");
	const folder = folderOn(library, "pending", report.recovered[0] ?? "");
	assert.equal(await readFile(join(folder, "audio.wav"), "utf8"), "only here");
});

test("reindex builds from nothing but folders what the catalogue said before", async (t) => {
	const library = await openTempLibrary(t);
	for (let i = 0; i < 5; i += 1) await publishOne(library, { title: `Number ${i}`, tags: ["a"] });
	const before = await Array.fromAsync(library.catalogue.dump());
	const names = before.map((row) => String(row.name));
	await library.catalogue.remove(names);
	const report = await reindex(library);
	assert.equal(report.indexed, 5);
	assert.deepEqual(await Array.fromAsync(library.catalogue.dump()), before);
});
