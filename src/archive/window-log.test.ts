import assert from "node:assert/strict";
import { appendFile, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { openWindowLog } from "./window-log.ts";

const answer = (text: string) => {
	return { engine: "e", model: null, language: "en", text, segments: [] };
};

test("what was committed is there for whoever opens it next, by key", async (t) => {
	const folder = join(await tempFolder(t), "unfinished", "one");
	const first = await openWindowLog(folder, "engine.1");
	await Promise.all([first.commit("0-10", answer("a")), first.commit("10-20", answer("b"))]);
	await first.close();
	const second = await openWindowLog(folder, "engine.1");
	await second.commit("20-30", answer("c"));
	await second.close();
	const other = await openWindowLog(folder, "engine.11");
	assert.equal(other.answers.size, 0);
	const third = await openWindowLog(folder, "engine.1");
	assert.deepEqual([...third.answers].map(([id, { text }]) => `${id} ${text}`).sort(), [
		"0-10 a",
		"10-20 b",
		"20-30 c",
	]);
});

test("a log that was only opened leaves no file", async (t) => {
	const folder = await tempFolder(t);
	const log = await openWindowLog(folder, "engine.1");
	await log.close();
	assert.deepEqual(await readdir(folder), []);
});

test("wherever a crash cuts it off, every whole line before that is there and nothing else", async (t) => {
	const folder = await tempFolder(t);
	const log = await openWindowLog(folder, "engine.1");
	for (const text of ["Straße", "b\nc", "d"]) await log.commit(text, answer(text));
	await log.close();
	const [filename = ""] = await readdir(folder);
	const whole = await readFile(join(folder, filename));
	const ends = [...whole.keys()].filter((at) => whole[at] === 10);
	for (let length = whole.length - 1; length >= 0; length--) {
		await truncate(join(folder, filename), length);
		const read = await openWindowLog(folder, "engine.1");
		assert.equal(read.answers.size, ends.filter((end) => end <= length).length, `cut at ${length}`);
	}
});

test("a line that the disk garbled was never answered", async (t) => {
	const folder = await tempFolder(t);
	const log = await openWindowLog(folder, "engine.1");
	await log.commit("0", answer("right"));
	await log.commit("1", answer("wrong"));
	await log.close();
	const [filename = ""] = await readdir(folder);
	const path = join(folder, filename);
	await writeFile(path, (await readFile(path, "utf8")).replace('"wrong"', '"wring"'));
	await appendFile(path, Buffer.alloc(100));
	assert.deepEqual([...(await openWindowLog(folder, "engine.1")).answers.keys()], ["0"]);
});
