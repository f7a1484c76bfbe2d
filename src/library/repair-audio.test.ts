import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { edit, flip, kindsOf, repair, transcribed } from "../../test/repair-fixture.ts";
import { openTempLibrary, publishBytes } from "../../test/temp-library.ts";
import { exampleWav, folderOf, publishTranscribed } from "../../test/transcribed-recording.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { publishFile } from "../durable/publish-file.ts";
import { audioFileFacts } from "../recording.ts";
import { changeRecording } from "./change.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A recording in which other bytes have taken the place of the WAV, as compressing does. */
async function compressed(t: TestContext) {
	const library = await openTempLibrary(t);
	const wav = exampleWav(1);
	const name = await publishTranscribed(library, wav);
	await changeRecording(library, name, async ({ folder, metadata }) => {
		const { "audio.wav": _, ...files } = metadata.files;
		files["audio.flac"] = await publishFile(join(folder, "audio.flac"), "stands for a FLAC");
		const envelope = { headerBase64: "", trailerBase64: "" };
		const original = { ...audioFileFacts(metadata), ...metadata.audio, ...envelope };
		const audio = { ...metadata.audio, codec: "flac", mimeType: "audio/flac" };
		const fields = { audioFile: "audio.flac", audio, original, files };
		return { fields, superseded: ["audio.wav"] };
	});
	return { library, name, wav, folder: await folderOf(library, name) };
}

test("the original, put into the folder, takes the place of lost or damaged compressed audio", async (t) => {
	for (const as of ["audio.wav", "My Memo (1).wav"]) {
		for (const damage of [rm, (path: string) => writeFile(path, "Stands for a FLAC")]) {
			const { library, name, wav, folder } = await compressed(t);
			await damage(join(folder, "audio.flac"));
			await writeFile(join(folder, as), wav);
			const result = await repair(library, name);
			assert.ok(
				result.every((one) => one.repaired),
				JSON.stringify(result),
			);
			assert.deepEqual(await kindsOf(library, name), []);
			const metadata = await readMetadata(folder);
			assert.deepEqual(
				[metadata.audioFile, metadata.original, metadata.audio.codec, metadata.state],
				["audio.wav", null, "pcm_s16le", "success"],
			);
			assert.deepEqual(await readFile(join(folder, "audio.wav")), wav);
			const files = await readdir(folder);
			assert.ok(!files.includes("audio.flac") && !files.includes("My Memo (1).wav"));
			assert.match(metadata.events.at(-1)?.message ?? "", /the file as it came in took its place/);
		}
	}
});

test("the listed file under another name goes back to its place; other files stay as they are", async (t) => {
	const { library, name, folder } = await transcribed(t);
	await rename(join(folder, "audio.wav"), join(folder, "sunday.wav"));
	await writeFile(join(folder, "audio.wav"), exampleWav(9));
	await writeFile(join(folder, "other.wav"), exampleWav(7));
	await repair(library, name);
	assert.deepEqual(await kindsOf(library, name), ["unlisted-file other.wav"]);
	assert.deepEqual(await readFile(join(folder, "audio.wav")), exampleWav(1));
	assert.deepEqual(await readFile(join(folder, "other.wav")), exampleWav(7));
});

test("other audio than the original is not taken, and nothing of the recording changes hands", async (t) => {
	const { library, name, wav, folder } = await compressed(t);
	await rm(join(folder, "audio.flac"));
	await writeFile(join(folder, "audio.wav"), flip(2000)(Buffer.from(wav)));
	await repair(library, name);
	const left = ["missing-file audio.flac", "unlisted-file audio.wav"];
	assert.deepEqual(await kindsOf(library, name), left);
	assert.equal((await readMetadata(folder)).audioFile, "audio.flac");
});

test("an original whose header lies is taken back and mended in the same repair", async (t) => {
	const library = await openTempLibrary(t);
	const published = await publishBytes(library, exampleWav(1, 0));
	if (published.kind !== "published") assert.fail();
	const { name } = published.metadata;
	await repair(library, name);
	const folder = await folderOf(library, name);
	await rm(join(folder, "audio.mended.wav"));
	await writeFile(join(folder, "audio.wav"), exampleWav(1, 0));
	await repair(library, name);
	assert.deepEqual(await kindsOf(library, name), []);
	const { audioFile, original } = await readMetadata(folder);
	assert.deepEqual([audioFile, original?.sha256], ["audio.mended.wav", sha256(exampleWav(1, 0))]);
});

test("the hint says which file belongs where, and how to go on", async (t) => {
	const { library, name, folder } = await compressed(t);
	await rm(join(folder, "audio.flac"));
	const [one] = await repair(library, name);
	assert.ok(one?.hint?.includes(`memo.wav, into ${folder} as audio.wav`), one?.hint ?? "");
	assert.ok(one?.hint?.includes(`\`onwax validate ${name} --repair\`, or import it again`));
});

test("only where samples are left is audio of another size said to be playable", async (t) => {
	const cut = await transcribed(t);
	await truncate(join(cut.folder, "audio.wav"), 1000);
	const [playable] = await repair(cut.library, cut.name);
	assert.match(playable?.message ?? "", /can still be played/);
	for (const content of ["garbage of another length", exampleWav(1).subarray(0, 44)]) {
		await writeFile(join(cut.folder, "audio.wav"), content);
		const [one] = await repair(cut.library, cut.name);
		assert.equal(one?.kind, "size-differs");
		assert.doesNotMatch(one?.message ?? "", /played/);
	}
	const flac = await compressed(t);
	await writeFile(join(flac.folder, "audio.flac"), "fLaC and nothing behind it");
	const [one] = await repair(flac.library, flac.name);
	assert.doesNotMatch(one?.message ?? "", /played/);
});

test("metadata.json made anew names the least processed audio that has any bytes", async (t) => {
	const cases: [string[], string][] = [
		[["audio.flac", "audio.wav"], "audio.wav"],
		[["audio.flac", "audio.mp3"], "audio.mp3"],
		[["audio.mended.wav", "audio.wav"], "audio.wav"],
		[["audio.flac", "audio.mended.wav"], "audio.mended.wav"],
		[["audio.flac", "audio.opus"], "audio.flac"],
	];
	for (const [files, expected] of cases) {
		const { library, name, folder } = await transcribed(t);
		await rm(join(folder, "audio.wav"));
		for (const file of files) await writeFile(join(folder, file), exampleWav(1));
		await rm(join(folder, "metadata.json"));
		await library.catalogue.remove([name]);
		await repair(library, name);
		assert.equal((await readMetadata(folder)).audioFile, expected);
		await edit(join(folder, expected), () => Buffer.alloc(0));
		await rm(join(folder, "metadata.json"));
		await library.catalogue.remove([name]);
		await repair(library, name);
		assert.equal(
			(await readMetadata(folder)).audioFile,
			files.find((file) => file !== expected),
		);
	}
});
