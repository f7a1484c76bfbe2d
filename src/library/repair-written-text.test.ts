import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { edit, flip, kindsOf, repair, transcribed } from "../../test/repair-fixture.ts";
import { folderOf, readText } from "../../test/transcribed-recording.ts";
import { readTranscript } from "../archive/transcript-file.ts";
import { isWritten } from "./repair-written-text.ts";

async function keptBytes(folder: string, file: string): Promise<string[]> {
	const kept = (await readdir(folder)).filter((one) => one.startsWith(`${file}.damaged-`));
	return Promise.all(kept.map((one) => readText(folder, one)));
}

test("what was written over transcript.txt by hand becomes an edit, above what the engine said", async (t) => {
	const { library, name, folder, engineFile } = await transcribed(t);
	const said = await readText(folder, engineFile);
	await writeFile(join(folder, "transcript.txt"), "my careful\r\nhand correction\r\n");
	const [one] = await repair(library, name);
	assert.equal(one?.repaired, true);
	assert.match(one?.hint ?? "", /changed by hand.*taken over/);
	const text = "my careful\nhand correction";
	assert.equal(await readText(folder, "transcript.txt"), `${text}\n`);
	const transcript = await readTranscript(folder);
	assert.deepEqual(
		[transcript?.text, transcript?.edit?.text, transcript?.originalText],
		[text, text, "hello wax"],
	);
	assert.equal(await readText(folder, engineFile), said);
	const known = await library.catalogue.get(name);
	assert.equal(known?.transcript?.text, text);
	assert.match(known?.metadata.events.at(-1)?.message ?? "", /changed by hand.*taken over/);
	assert.deepEqual(await kindsOf(library, name), []);
	assert.deepEqual(await repair(library, name), []);
});

test("damage of transcript.txt is no edit, and its bytes are kept", async (t) => {
	const bytes: [string, (old: Buffer) => Buffer][] = [
		["cut off", (old) => old.subarray(0, 5)],
		["one bit", flip(1)],
		["zeroed", (old) => Buffer.alloc(old.length)],
		["no UTF-8", () => Buffer.from([0x68, 0xff, 0xfe, 0x68])],
	];
	for (const [what, damage] of bytes) {
		const { library, name, folder } = await transcribed(t);
		await edit(join(folder, "transcript.txt"), damage);
		const wrong = await readFile(join(folder, "transcript.txt"), "utf8");
		await repair(library, name);
		assert.equal(await readText(folder, "transcript.txt"), "hello wax\n", what);
		assert.equal((await readTranscript(folder))?.edit, null, what);
		assert.deepEqual(await keptBytes(folder, "transcript.txt"), [wrong], what);
		assert.deepEqual(await kindsOf(library, name), [], what);
	}
});

test("only white space lost: written again, with nothing to keep and nothing to edit", async (t) => {
	const { library, name, folder } = await transcribed(t);
	await writeFile(join(folder, "transcript.txt"), "hello wax");
	await repair(library, name);
	assert.equal((await readTranscript(folder))?.edit, null);
	assert.deepEqual(await keptBytes(folder, "transcript.txt"), []);
	assert.equal(await readText(folder, "transcript.txt"), "hello wax\n");
});

test("a hand-written text survives although transcript.json is broken, or rebuilt metadata lists it", async (t) => {
	const broken = await transcribed(t);
	await writeFile(join(broken.folder, "transcript.json"), "{ broken");
	await writeFile(join(broken.folder, "transcript.txt"), "written by me\n");
	await repair(broken.library, broken.name);
	assert.equal((await readTranscript(broken.folder))?.edit?.text, "written by me");

	const rebuilt = await transcribed(t);
	await writeFile(join(rebuilt.folder, "transcript.txt"), "written by me\n");
	await rm(join(rebuilt.folder, "metadata.json"));
	await rebuilt.library.catalogue.remove([rebuilt.name]);
	await repair(rebuilt.library, rebuilt.name);
	assert.equal((await readTranscript(rebuilt.folder))?.edit?.text, "written by me");

	const lost = await transcribed(t);
	await rm(join(lost.folder, lost.engineFile));
	await rm(join(lost.folder, "transcript.json"));
	await writeFile(join(lost.folder, "transcript.txt"), "written by me\n");
	await repair(lost.library, lost.name);
	const waiting = await folderOf(lost.library, lost.name);
	assert.deepEqual(await keptBytes(waiting, "transcript.txt"), ["written by me\n"]);
	assert.deepEqual(await kindsOf(lost.library, lost.name), []);
});

test("a transcript.json changed by hand keeps its text or its edit; transcript.txt goes before it", async (t) => {
	const mine = { editedAt: "2026-01-02T03:04:05.000Z", text: "by my hand" };
	const changes = [{ text: "by my hand" }, { edit: mine }, { text: "by my hand", edit: mine }];
	for (const before of [null, "Hello, Wax!"]) {
		for (const change of changes) {
			const { library, name, folder } = await transcribed(t, before);
			const whole = JSON.parse(await readText(folder, "transcript.json"));
			const changed = JSON.stringify({ ...whole, ...change });
			await writeFile(join(folder, "transcript.json"), changed);
			await repair(library, name);
			const { text, edit: layer } = (await readTranscript(folder)) ?? {};
			assert.deepEqual([text, layer?.text], ["by my hand", "by my hand"], changed);
			assert.equal(await readText(folder, "transcript.txt"), "by my hand\n");
			assert.deepEqual(await keptBytes(folder, "transcript.json"), [changed]);
			assert.deepEqual(await kindsOf(library, name), []);

			await writeFile(join(folder, "transcript.json"), changed.replace("my hand", "another"));
			await writeFile(join(folder, "transcript.txt"), "in the plain file\n");
			await repair(library, name);
			assert.equal((await readTranscript(folder))?.edit?.text, "in the plain file");
		}
	}
});

test("a text counts as written unless it is what a failing disk leaves", () => {
	assert.equal(isWritten("hello wex", "hello wax"), false);
	assert.equal(isWritten("hello wow", "hello wax"), true);
	assert.equal(isWritten("hello", "hello wax"), false);
	assert.equal(isWritten("hello wax and more", "hello wax"), true);
	assert.equal(isWritten(" \n", "hello wax"), false);
	assert.equal(isWritten("hello\0world", "hello wax"), false);
	assert.equal(isWritten("Zürich\n\tgrüßt", "hello wax"), true);
});
