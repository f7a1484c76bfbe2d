import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openTempLibrary, publishBytes } from "../../test/temp-library.ts";
import { recordingFolder } from "../archive/layout.ts";
import type { Library } from "./library.ts";

const content = Buffer.from("the only copy of this sound");

async function keptOnce(library: Library): Promise<{ name: string; folder: string }> {
	const published = await publishBytes(library, content);
	assert.ok(published.kind === "published");
	const { name } = published.metadata;
	return { name, folder: recordingFolder(library.layout, "pending", name) };
}

test("audio that is here and whole is known, and stays as it is", async (t) => {
	const library = await openTempLibrary(t);
	const { name, folder } = await keptOnce(library);
	const again = await publishBytes(library, content);
	assert.deepEqual(again, { kind: "known", name, inTrash: false, restored: false });
	assert.deepEqual((await readdir(folder)).sort(), ["audio.wav", "metadata.json"]);
});

for (const damage of ["missing", "flipped", "cut short"]) {
	test(`where the audio here is ${damage}, what comes in takes its place`, async (t) => {
		const library = await openTempLibrary(t);
		const { name, folder } = await keptOnce(library);
		const path = join(folder, "audio.wav");
		if (damage === "missing") await rm(path);
		if (damage === "flipped") await writeFile(path, "The only copy of this sound");
		if (damage === "cut short") await writeFile(path, "the only");
		const again = await publishBytes(library, content);
		assert.deepEqual(again, { kind: "known", name, inTrash: false, restored: true });
		assert.ok(content.equals(await readFile(path)));
		const events = (await library.catalogue.get(name))?.metadata.events;
		assert.deepEqual(
			events?.map((event) => event.kind),
			["restored"],
		);
	});
}

test("where only the catalogue knows it, what comes in is kept anew", async (t) => {
	const library = await openTempLibrary(t);
	const { name, folder } = await keptOnce(library);
	await rm(folder, { recursive: true });
	const again = await publishBytes(library, content);
	assert.ok(again.kind === "published");
	assert.notEqual(again.metadata.name, name);
	assert.equal(await library.catalogue.get(name), null);
});

test("where nobody can say any more what belongs there, what comes in is kept beside it", async (t) => {
	const library = await openTempLibrary(t);
	const { folder } = await keptOnce(library);
	await rm(join(folder, "audio.wav"));
	await writeFile(join(folder, "metadata.json"), "rubbish");
	const again = await publishBytes(library, content);
	assert.ok(again.kind === "published");
});
