import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
	edit,
	flip,
	kindsOf,
	queued,
	repair,
	snapshot,
	transcribed,
} from "../../test/repair-fixture.ts";
import { openTempLibrary, publishBytes, publishOne } from "../../test/temp-library.ts";
import { exampleWav, folderOf, readText } from "../../test/transcribed-recording.ts";
import { prepareErrorFile } from "../archive/error-file.ts";
import { recordingFolder } from "../archive/layout.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { readTranscript } from "../archive/transcript-file.ts";
import { hashFile } from "../durable/hash-file.ts";
import { preparedName } from "../durable/prepared-file.ts";
import { originalSha256 } from "../recording.ts";
import { changeRecording } from "./change.ts";
import { findWavLie } from "./wav-header.ts";

test("a lying WAV header is mended, and the file as it came can be rebuilt byte for byte", async (t) => {
	const library = await openTempLibrary(t);
	const torn = Buffer.from([7]);
	for (const declared of [0, null, 1_000_000]) {
		const wav = Buffer.concat([exampleWav(declared ?? 1, declared), torn]);
		const published = await publishBytes(library, wav);
		assert.equal(published.kind, "published");
		if (published.kind !== "published") continue;
		const { name } = published.metadata;
		assert.deepEqual(await kindsOf(library, name), ["wav-header-lies audio.wav"]);
		const [done] = await repair(library, name);
		assert.equal(done?.repaired, true);
		const folder = await folderOf(library, name);
		const metadata = await readMetadata(folder);
		const mended = await readFile(join(folder, metadata.audioFile));
		assert.equal(await findWavLie(join(folder, metadata.audioFile)), null);
		const { original } = metadata;
		const rebuilt = Buffer.concat([
			Buffer.from(original?.headerBase64 ?? "", "base64"),
			mended.subarray(44),
			Buffer.from(original?.trailerBase64 ?? "", "base64"),
		]);
		assert.deepEqual(rebuilt, wav);
		assert.equal(originalSha256(metadata), createHash("sha256").update(wav).digest("hex"));
		assert.deepEqual(await kindsOf(library, name), []);
	}
});

test("a damaged header in front of whole samples becomes again exactly what it was", async (t) => {
	const { library, name, folder } = await transcribed(t);
	const before = (await snapshot(folder))["audio.wav"];
	await edit(join(folder, "audio.wav"), (bytes) => bytes.fill(0, 0, 44));
	assert.deepEqual(await kindsOf(library, name), ["corrupt-file audio.wav"]);
	const result = await repair(library, name);
	assert.deepEqual(
		result.map(({ repaired }) => repaired),
		[true],
	);
	assert.equal((await snapshot(folder))["audio.wav"], before);
});

test("damaged audio stays as it is, is told once in the metadata, and keeps being named", async (t) => {
	const { library, name, folder } = await transcribed(t);
	await edit(join(folder, "audio.wav"), flip(2000));
	const damaged = await readFile(join(folder, "audio.wav"));
	for (let round = 0; round < 2; round += 1) {
		const [one] = await repair(library, name);
		assert.deepEqual([one?.kind, one?.repaired], ["corrupt-file", false]);
	}
	assert.deepEqual(await readFile(join(folder, "audio.wav")), damaged);
	const { events, state } = await readMetadata(folder);
	assert.deepEqual([events.map(({ kind }) => kind), state], [["damaged"], "success"]);
});

test("metadata.json comes back from the catalogue; its damaged bytes are kept", async (t) => {
	const { library, name, folder } = await transcribed(t);
	const before = await readMetadata(folder);
	await edit(join(folder, "metadata.json"), flip(50));
	assert.deepEqual(await kindsOf(library, name), ["metadata-damaged metadata.json"]);
	await repair(library, name);
	const after = await readMetadata(folder);
	assert.deepEqual(
		[after.id, after.title, after.revision],
		[before.id, before.title, before.revision + 1],
	);
	assert.ok(Object.keys(after.files).some((file) => file.startsWith("metadata.json.damaged-")));
	assert.deepEqual(await kindsOf(library, name), []);
});

test("without a catalogue, metadata.json is read from its own text or rebuilt from the files", async (t) => {
	const { library, name, folder } = await transcribed(t);
	await library.catalogue.remove([name]);
	await edit(join(folder, "metadata.json"), (bytes) =>
		Buffer.from(bytes.toString().replace("a memo", "A memo")),
	);
	await repair(library, name);
	assert.equal((await library.catalogue.get(name))?.metadata.title, "A memo");
	await library.catalogue.remove([name]);
	await rm(join(folder, "metadata.json"));
	await repair(library, name);
	const rebuilt = await library.catalogue.get(name);
	assert.equal(rebuilt?.metadata.state, "success");
	assert.equal(rebuilt?.transcript?.text, "hello wax");
	assert.deepEqual(await kindsOf(library, name), []);
});

test("metadata restored over damaged audio does not declare that audio right", async (t) => {
	const { library, name, folder } = await transcribed(t);
	await rm(join(folder, "metadata.json"));
	await edit(join(folder, "audio.wav"), flip(2000));
	const result = await repair(library, name);
	const left = result.filter(({ repaired }) => !repaired);
	assert.deepEqual(
		left.map(({ kind, file }) => [kind, file]),
		[["corrupt-file", "audio.wav"]],
	);
});

test("a transcript is made again from what the engine said, and a person's edit survives", async (t) => {
	const { library, name, folder, engineFile } = await transcribed(t, "Hello, Wax!");
	const said = await readText(folder, engineFile);
	await writeFile(join(folder, "transcript.json"), "{ broken");
	await repair(library, name);
	const transcript = await readTranscript(folder);
	assert.deepEqual(
		[transcript?.text, transcript?.originalText, transcript?.edit?.text],
		["Hello, Wax!", "hello wax", "Hello, Wax!"],
	);
	assert.equal(await readText(folder, engineFile), said);
	assert.deepEqual(await kindsOf(library, name), []);
});

test("an edit survives in the catalogue when both of the transcript's files are gone", async (t) => {
	const { library, name, folder } = await transcribed(t, "Hello, Wax!");
	await rm(join(folder, "transcript.json"));
	await rm(join(folder, "transcript.txt"));
	await repair(library, name);
	assert.equal(await readText(folder, "transcript.txt"), "Hello, Wax!\n");
});

test("a damaged engine output is asked again and not rewritten; peaks are made again", async (t) => {
	const { library, name, folder, engineFile } = await transcribed(t);
	await edit(join(folder, engineFile), flip(30));
	await rm(join(folder, "peaks.bin"));
	queued.length = 0;
	await repair(library, name);
	assert.deepEqual(queued.sort(), [`peaks ${name}`, `transcribe ${name}`]);
	const { files, state } = await readMetadata(folder);
	assert.equal(files[engineFile] ?? files["peaks.bin"], undefined);
	assert.equal(state, "success");
	assert.equal(await readText(folder, "transcript.txt"), "hello wax\n");
});

test("where text and engine output are lost, the recording waits for its text again", async (t) => {
	const { library, name, folder, engineFile } = await transcribed(t);
	await rm(join(folder, engineFile));
	await rm(join(folder, "transcript.json"));
	queued.length = 0;
	await repair(library, name);
	assert.deepEqual(queued, [`transcribe ${name}`]);
	assert.equal((await library.catalogue.get(name))?.metadata.state, "pending");
	assert.deepEqual(await kindsOf(library, name), []);
});

test("a folder on the wrong shelf is moved, and the catalogue follows the folders", async (t) => {
	const { library, name, folder } = await transcribed(t);
	await rename(folder, recordingFolder(library.layout, "failed", name));
	assert.deepEqual(await kindsOf(library, name), ["misplaced"]);
	await repair(library, name);
	assert.deepEqual(await kindsOf(library, name), []);
	await library.catalogue.remove([name]);
	assert.deepEqual(await kindsOf(library, name), ["not-in-catalogue"]);
	await repair(library, name);
	const metadata = await readMetadata(folder);
	const stale = { metadata: { ...metadata, title: "stale" }, transcript: null };
	await library.catalogue.put([stale]);
	assert.deepEqual(await kindsOf(library, name), ["catalogue-differs"]);
	await repair(library, name);
	assert.equal((await library.catalogue.get(name))?.metadata.title, "a memo");
});

test("a file that a cut-short change had prepared is put in place by a repair", async (t) => {
	const { library, name, folder } = await transcribed(t, "Hello, Wax!");
	const { files } = await readMetadata(folder);
	const sha256 = files["transcript.json"]?.sha256 ?? "";
	await rename(
		join(folder, "transcript.json"),
		join(folder, preparedName("transcript.json", sha256)),
	);
	const before = files["transcript.json"];
	await repair(library, name);
	assert.deepEqual(await hashFile(join(folder, "transcript.json")), before);
	assert.deepEqual(await kindsOf(library, name), []);
});

test("an unreadable history of attempts is written again with what metadata.json knows", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	const error = { code: "ERR_ENGINE", message: "it said no", hint: null };
	await changeRecording(library, name, async ({ folder, metadata }) => {
		const history = await prepareErrorFile(folder, error, []);
		return {
			fields: { state: "failed", error, files: { ...metadata.files, "error.json": history } },
		};
	});
	const folder = await folderOf(library, name);
	await truncate(join(folder, "error.json"), 20);
	await repair(library, name);
	assert.equal(JSON.parse(await readText(folder, "error.json")).error.message, "it said no");
	assert.deepEqual(await kindsOf(library, name), []);
});
