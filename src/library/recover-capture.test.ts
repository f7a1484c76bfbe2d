import assert from "node:assert/strict";
import { readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type LeftCapture, leaveCapture } from "../../test/left-capture.ts";
import { openTempLibrary } from "../../test/temp-library.ts";
import { writerFolder } from "../archive/writer.ts";
import { heal } from "./heal.ts";
import { intentFilename } from "./intent.ts";
import type { Library } from "./library.ts";

const pieces = [{ start: 0, frames: 4000 }];

/** A library in which a recorder was killed. */
async function killed(t: TestContext): Promise<{ library: Library; left: LeftCapture }> {
	const library = await openTempLibrary(t);
	const writer = writerFolder(library.layout, "writer-0123456789abcdef");
	return { library, left: await leaveCapture(writer, pieces, { channels: 1 }) };
}

const healAll = (library: Library) =>
	heal(library, async () => {
		throw new Error("a recorder's own samples need no decoder");
	});

async function recoveredAs(library: Library, { name }: LeftCapture) {
	const report = await healAll(library);
	assert.deepEqual(report.problems, []);
	assert.deepEqual(report.recovered, [name]);
	const recording = await library.catalogue.get(name);
	assert.equal(recording?.metadata.audio.durationSeconds, 4000 / 8000);
	return recording?.metadata;
}

test("what a killed recorder left becomes a recording, under the name that it had", async (t) => {
	const { library, left } = await killed(t);
	const metadata = await recoveredAs(library, left);
	assert.equal(metadata?.title, "Memo");
	assert.deepEqual(await readdir(library.layout.incoming), [(await library.writer()).id]);
	assert.deepEqual((await healAll(library)).recovered, []);
});

for (const [what, text] of Object.entries({
	"that is missing": null,
	"that is empty": "",
	"that is garbage": "{ no",
	"that is null": "null",
	"without channels": '{"channels": 0}',
	"with a path that leads out": '{"audioFile": "../../../../etc/passwd"}',
	"whose time is none": '{"startedAt": "yesterday"}',
	"whose tags are none": '{"tags": 5}',
})) {
	test(`an intent ${what} costs the title, and no sound`, async (t) => {
		const { library, left } = await killed(t);
		const path = join(left.folder, intentFilename);
		if (text === null) await rm(path);
		else if (!text.startsWith('{"')) await writeFile(path, text);
		else {
			const changed = JSON.parse(text);
			const capture = { ...left.intent.capture, ...changed };
			await writeFile(path, JSON.stringify({ ...left.intent, ...changed, capture }));
		}
		const metadata = await recoveredAs(library, left);
		assert.equal(metadata?.title, null);
		assert.equal(metadata?.source, "microphone");
	});
}

test("sound that nobody can make sense of is named, and left where it is", async (t) => {
	const { library, left } = await killed(t);
	await writeFile(join(left.folder, intentFilename), "garbage");
	const audio = join(left.folder, "audio.wav");
	const samples = (await readFile(audio)).subarray(left.header.length);
	await writeFile(audio, samples);
	for (let start = 0; start < 2; start++) {
		const { problems, recovered } = await healAll(library);
		assert.deepEqual(recovered, []);
		assert.match(problems[0]?.message ?? "", /holds audio that nobody can make sense of/);
		assert.ok((await readFile(audio)).equals(samples));
	}
});

test("a link in a segment's place is not followed, and nothing behind it is touched", async (t) => {
	const { library, left } = await killed(t);
	const audio = join(left.folder, "audio.wav");
	const outside = join(library.layout.data, "outside.wav");
	const bytes = await readFile(audio);
	await writeFile(outside, bytes);
	await rm(audio);
	await symlink(outside, audio);
	const { problems, recovered } = await healAll(library);
	assert.deepEqual(recovered, []);
	assert.equal(problems.length, 1);
	assert.ok((await readFile(outside)).equals(bytes));
});

test("zeros that the disk made up, and nothing else, are no recording, and are not told at every start", async (t) => {
	const { library, left } = await killed(t);
	await writeFile(join(left.folder, "audio.wav"), Buffer.concat([left.header, Buffer.alloc(3000)]));
	const { problems, recovered } = await healAll(library);
	assert.deepEqual(problems, []);
	assert.deepEqual(recovered, []);
	assert.deepEqual(await readdir(library.layout.incoming), [(await library.writer()).id]);
});
