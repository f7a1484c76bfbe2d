import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { edit, flip, kindsOf, repair, transcribed } from "../../test/repair-fixture.ts";
import { exampleOutput, folderOf, readText } from "../../test/transcribed-recording.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { prepareEngineOutput, readTranscript } from "../archive/transcript-file.ts";
import type { EngineOutput } from "../transcript.ts";
import { changeRecording } from "./change.ts";

/** Before and after the name of the file that the text is made from, whichever order somebody takes. */
const others = ["engine.0000000000000000.json", "engine.zzzzzzzzzzzzzzzz.json"];
const otherOutput: EngineOutput = {
	engine: "other",
	model: null,
	language: null,
	text: "hollow wags",
	segments: [],
};

/** A recording that other engines heard, too; the text is made from what `example` said. */
async function heardTwice(
	t: TestContext,
	options: { isNamed: boolean; output?: EngineOutput; edited?: string },
) {
	const { isNamed, output = otherOutput, edited = null } = options;
	const made = await transcribed(t, edited);
	const { library, name, folder, engineFile } = made;
	await changeRecording(library, name, async ({ metadata }) => {
		const files = { ...metadata.files };
		for (const other of others) files[other] = await prepareEngineOutput(folder, other, output);
		const { transcription } = metadata;
		if (transcription === null) assert.fail();
		const named = isNamed ? engineFile : null;
		return { fields: { files, transcription: { ...transcription, engineFile: named } } };
	});
	return made;
}

async function told(folder: string) {
	const transcript = await readTranscript(folder);
	const { transcription } = await readMetadata(folder);
	return {
		text: transcript?.text,
		edit: transcript?.edit?.text ?? null,
		said: [transcript?.engine, transcript?.engineFile],
		listed: [transcription?.engine, transcription?.engineFile],
		segments: transcript?.segments.length,
	};
}

test("of several engines' outputs a lost transcript is made from the one that it stood on", async (t) => {
	for (const isNamed of [true, false]) {
		for (const lost of ["gone", "damaged"]) {
			const { library, name, folder, engineFile } = await heardTwice(t, { isNamed });
			const path = join(folder, "transcript.json");
			await (lost === "gone" ? rm(path) : writeFile(path, "{ broken"));
			await repair(library, name);
			const { listed, ...rest } = await told(folder);
			const expected = {
				text: "hello wax",
				edit: null,
				said: ["example", engineFile],
				segments: 1,
			};
			assert.deepEqual(rest, expected, `${lost} ${isNamed}`);
			assert.equal(listed[0], "example");
			assert.deepEqual(await kindsOf(library, name), []);
		}
	}
});

test("the same engine and model with other settings is told apart by what it said", async (t) => {
	const output = { ...exampleOutput, text: "hello whacks" };
	const { library, name, folder, engineFile } = await heardTwice(t, { isNamed: false, output });
	await rm(join(folder, "transcript.json"));
	await repair(library, name);
	const { text, edit: layer, said } = await told(folder);
	assert.deepEqual([text, layer, said[1]], ["hello wax", null, engineFile]);
});

test("without the catalogue the plain text tells which output was used", async (t) => {
	const output = { ...exampleOutput, text: "hello whacks" };
	const { library, name, folder, engineFile } = await heardTwice(t, { isNamed: false, output });
	await library.catalogue.remove([name]);
	await rm(join(folder, "metadata.json"));
	await writeFile(join(folder, "transcript.json"), "{ broken");
	await repair(library, name);
	const after = await told(await folderOf(library, name));
	assert.deepEqual([after.text, after.edit, after.said[1]], ["hello wax", null, engineFile]);
	assert.deepEqual(after.listed, ["example", engineFile]);
});

test("where the text's own output is lost, another one gives the text, under its own name and as nobody's edit", async (t) => {
	for (const isNamed of [true, false]) {
		const { library, name, folder, engineFile } = await heardTwice(t, { isNamed });
		await rm(join(folder, "transcript.json"));
		await edit(join(folder, engineFile), flip(30));
		await repair(library, name);
		const { text, edit: layer, said, listed } = await told(folder);
		assert.deepEqual([text, layer], ["hollow wags", null]);
		assert.equal(said[0], "other");
		assert.deepEqual(listed, said);
		const { files } = await readMetadata(folder);
		const kept = Object.keys(files).find((file) => file.startsWith("transcript.txt.damaged-"));
		assert.equal(await readText(folder, kept ?? ""), "hello wax\n");
		assert.deepEqual(await kindsOf(library, name), []);
	}
});

test("a person's edit stands above whichever output is left", async (t) => {
	for (const isOwnLost of [true, false]) {
		for (const isNamed of [true, false]) {
			const options = { isNamed, edited: "Hello, Wax!" };
			const { library, name, folder, engineFile } = await heardTwice(t, options);
			await rm(join(folder, "transcript.json"));
			if (isOwnLost) await rm(join(folder, engineFile));
			await repair(library, name);
			const { text, edit: layer, said } = await told(folder);
			assert.deepEqual([text, layer], ["Hello, Wax!", "Hello, Wax!"]);
			assert.equal(said[0], isOwnLost ? "other" : "example");
		}
	}
});
