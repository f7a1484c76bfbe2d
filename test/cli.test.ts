import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { buildWavHeader } from "../src/wav.ts";
import { ended, type Home, saying, tempHome } from "./onwax-process.ts";

const heard = "ask not what your country can do for you";
const hearing = `process.stdout.write(${JSON.stringify(heard)})`;

/** A second of a tone of its own for each pitch. */
function wav(hertz: number): Buffer {
	const samples = Buffer.alloc(32_000);
	for (let i = 0; i < 16_000; i += 1) {
		samples.writeInt16LE(Math.round(9000 * Math.sin((i * hertz * 2 * Math.PI) / 16_000)), i * 2);
	}
	const fields = { encoding: "pcm", sampleRate: 16_000, channels: 1, bitDepth: 16 } as const;
	return Buffer.concat([buildWavHeader({ ...fields, dataBytes: samples.length }), samples]);
}

async function homeWithMemo(t: TestContext, script = hearing): Promise<Home & { memo: string }> {
	const home = await tempHome(t);
	await home.engine(script);
	const memo = join(home.folder, "memo.wav");
	await writeFile(memo, wav(440));
	return { ...home, memo };
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** A value inside a value; fails the test where there is none. */
function field(value: Record<string, unknown> | undefined, ...path: string[]): string {
	let inside: unknown = value;
	for (const name of path) {
		assert.ok(typeof inside === "object" && inside !== null, `no ${path.join(".")}`);
		inside = (inside as Record<string, unknown>)[name];
	}
	return String(inside);
}

const contract = [
	...["id", "name", "state", "status", "title", "description", "tags", "originalFilename"],
	...["source", "path", "sha256", "originalSha256", "sizeBytes", "mimeType", "durationSeconds"],
	...["sampleRate", "channels", "createdAt", "transcript", "error"],
].sort();

test("a file goes in, is safe, comes out as text, and is found again", async (t) => {
	const home = await homeWithMemo(t);
	const imported = await home.onwax(["import", home.memo]);
	assert.equal(imported.status, 0, imported.stderr);
	assert.match(imported.stdout, /^kept +\d{4}-\d\d-\d\d_\S+ +0:01 {2}/);
	assert.match(imported.stdout, new RegExp(heard));
	const [found] = await home.json(["search", "country"]);
	assert.equal(field(found, "transcript", "text"), heard);
	assert.match(JSON.stringify(found?.match), /highlights/);
	const shown = await home.onwax(["show", "last"]);
	assert.match(shown.stdout, /memo\.wav[\s\S]+success[\s\S]+ask not what/);
	const { stdout } = await home.onwax(["path", "last"]);
	assert.ok(existsSync(stdout.trim()));
});

test("the JSON of a recording has the contract's fields, and they are true of the file", async (t) => {
	const home = await homeWithMemo(t);
	await home.engine(hearing, { coverage: { enabled: true } });
	const [imported] = await home.json(["import", home.memo, "--title", "Memo", "--tag", "Work"]);
	const { outcome, file, ...recording } = imported ?? {};
	assert.deepEqual([outcome, file], ["kept", home.memo]);
	assert.deepEqual(Object.keys(recording).sort(), contract);
	const bytes = await readFile(String(recording.path));
	assert.equal(recording.sha256, sha256(bytes), "of the file as it lies there now");
	assert.equal(recording.sizeBytes, bytes.length);
	assert.equal(recording.originalSha256, sha256(await readFile(home.memo)));
	assert.deepEqual(recording.tags, ["work"]);
	const { coverage, ...transcript } = Object(recording.transcript);
	assert.deepEqual(transcript, {
		engine: "fake",
		model: null,
		language: null,
		text: heard,
		originalText: heard,
		fallback: null,
	});
	const counted = [
		...["speechSeconds", "coveredSeconds", "gaps", "loops", "unheard", "failedWindows"],
	];
	assert.deepEqual(Object.keys(coverage), counted, "a tone and words: somebody judged it");
	const [listed] = await home.json(["list"]);
	assert.deepEqual(listed, recording);
	const [shown] = await home.json(["show", "last"]);
	assert.deepEqual(shown, { ...recording, chat: null }, "and what a chat model made of it");
});

test("without an engine the audio is kept, status 3 says so, and the text can follow", async (t) => {
	const home = await tempHome(t);
	const memo = join(home.folder, "memo.wav");
	await writeFile(memo, wav(440));
	const imported = await home.onwax(["import", memo]);
	assert.equal(imported.status, 3);
	assert.match(imported.stderr, /audio is kept.*No engine/);
	const [waiting] = await home.json(["list", "--state", "pending"]);
	assert.equal(waiting?.sha256, sha256(await readFile(memo)));
	assert.equal((await home.onwax(["retry", "--all"])).status, 3, "there is none yet");
	await home.engine(hearing);
	const retried = await home.onwax(["retry", "--all"]);
	assert.equal(retried.status, 0, retried.stderr);
	const [done] = await home.json(["list"]);
	assert.equal(done?.state, "success");
});

test("an engine that fails costs no audio, and its reason is one line in the list", async (t) => {
	const home = await homeWithMemo(t, "process.stderr.write('no such\\nmodel'); process.exit(9)");
	const imported = await home.onwax(["import", home.memo]);
	assert.equal(imported.status, 3);
	const listed = await home.onwax(["list", "--state", "failed"]);
	assert.match(listed.stdout, /^\S+ +failed .*no such.*\n$/);
	const [failed] = await home.json(["list"]);
	assert.equal(field(failed, "error", "code"), "ERR_ENGINE");
	assert.equal(failed?.sha256, sha256(await readFile(home.memo)));
	await home.engine(hearing);
	assert.equal((await home.onwax(["retry", "--last"])).status, 0);
});

test("an engine that is asked again is told on stderr, and the end is success (D0.7)", async (t) => {
	// Ended by a signal the first time: the kind of failure that may pass.
	const home = await homeWithMemo(
		t,
		`import { existsSync, writeFileSync } from "node:fs";
		const mark = process.argv[1] + ".tried";
		if (existsSync(mark)) process.stdout.write("hello");
		else { writeFileSync(mark, ""); process.kill(process.pid, "SIGKILL"); }`,
	);
	const imported = await home.onwax(["import", home.memo]);
	assert.equal(imported.status, 0, imported.stderr);
	assert.match(imported.stderr, /memo\.wav: .* Asking fake again in /);
});

test("each entry of a folder has an outcome, and one bad entry does not end the rest", async (t) => {
	const home = await homeWithMemo(t);
	const folder = join(home.folder, "in");
	await mkdir(join(folder, "more"), { recursive: true });
	for (const [name, hertz] of [
		["a", 300],
		["b", 500],
	] as const) {
		await writeFile(join(folder, `${name}.wav`), wav(hertz));
	}
	await copyFile(join(folder, "a.wav"), join(folder, "more", "copy.wav"));
	await writeFile(join(folder, "empty.wav"), "");
	await writeFile(join(folder, "notes.txt"), "not audio");
	await writeFile(join(folder, "broken.mp3"), "not audio either");
	const values = await home.json(["import", folder]);
	const outcomes = values.map(({ outcome }) => outcome).sort();
	assert.deepEqual(outcomes, ["kept", "kept", "kept", "known", "passed", "refused"]);
	const refused = values.find(({ outcome }) => outcome === "refused");
	assert.deepEqual(Object.keys(refused?.error as object), ["code", "message", "hint"]);
	const broken = values.find(({ file }) => String(file).endsWith("broken.mp3"));
	assert.deepEqual([broken?.outcome, broken?.state], ["kept", "failed"]);
	const again = await home.onwax(["import", folder]);
	assert.equal(again.status, 1);
	assert.match(again.stderr, /0 kept, 4 known, 1 refused, 1 passed over/);
});

test("what is known already is said, with status 0, and what is in the trash with a hint", async (t) => {
	const home = await homeWithMemo(t);
	const [first] = await home.json(["import", home.memo]);
	const again = await home.onwax(["import", home.memo]);
	assert.equal(again.status, 0);
	assert.match(again.stdout, new RegExp(`already kept as ${first?.name}\n`));
	assert.equal((await home.onwax(["trash", "last"])).status, 0);
	const trashed = await home.onwax(["import", home.memo]);
	assert.match(trashed.stdout, /in the trash: `onwax restore /);
});

test("standard input is kept like a file", async (t) => {
	const home = await homeWithMemo(t);
	const options = { input: await readFile(home.memo) };
	const [kept] = await home.json(["import", "-", "--title", "From a pipe"], options);
	assert.deepEqual([kept?.outcome, kept?.state, kept?.title], ["kept", "success", "From a pipe"]);
	assert.equal(kept?.originalSha256, sha256(options.input));
	const nothing = await home.onwax(["import", "-"], { input: "" });
	assert.equal(nothing.status, 1);
});

test("a folder that is watched gives up its files until it is told to stop", async (t) => {
	const home = await homeWithMemo(t);
	await home.engine(hearing, { import: { stableSeconds: 0.1 } });
	const folder = join(home.folder, "inbox");
	await mkdir(folder);
	const child = home.start(["import", "--watch", folder]);
	const end = ended(child);
	await saying(child, "stderr", /Watching/);
	await writeFile(join(folder, "new.wav"), wav(700));
	await saying(child, "stdout", /kept[\s\S]*ask not what/);
	child.kill("SIGINT");
	assert.equal((await end).status, 0);
	const [kept] = await home.json(["list"]);
	assert.equal(kept?.state, "success");
});

test("title, tags and text can be changed, and the text given back", async (t) => {
	const home = await homeWithMemo(t);
	await home.onwax(["import", home.memo]);
	await home.onwax(["edit", "last", "--title", "Speech", "--add-tag", "Kennedy"]);
	await home.onwax(["edit", "last", "--transcript", "-"], { input: "My fellow Americans\n" });
	const [edited] = await home.json(["show", "last"]);
	assert.deepEqual([edited?.title, edited?.tags], ["Speech", ["kennedy"]]);
	const layers = ["text", "originalText"].map((layer) => field(edited, "transcript", layer));
	assert.deepEqual(layers, ["My fellow Americans", heard]);
	assert.match((await home.onwax(["show", "last"])).stdout, /What the engine heard:/);
	assert.equal((await home.json(["search", "Americans"])).length, 1);
	const [undone] = await home.json(["edit", "last", "--undo-edit"]);
	assert.equal(field(undone, "transcript", "text"), heard);
	assert.equal((await home.onwax(["edit", "last"])).status, 2, "nobody to ask, nothing to do");
});

test("a lexicon corrects what is there already, after showing what it would do", async (t) => {
	const home = await homeWithMemo(t);
	await home.onwax(["import", home.memo]);
	assert.equal((await home.onwax(["lexicon", "add", "country", "garden"])).status, 0);
	assert.equal((await home.onwax(["lexicon", "test", "my country"])).stdout, "my garden\n");
	const [preview] = await home.json(["lexicon", "apply", "--all", "--dry-run"]);
	assert.equal(preview?.applied, false);
	assert.equal((await home.json(["search", "garden"])).length, 0);
	const applied = await home.onwax(["lexicon", "apply", "--all"]);
	assert.match(applied.stdout, /\[-country-\] \{\+garden\+\}/);
	const [found] = await home.json(["search", "garden"]);
	assert.match(field(found, "transcript", "originalText"), /country/);
	assert.equal((await home.onwax(["lexicon", "remove", "country"])).status, 0);
	assert.equal((await home.onwax(["lexicon", "remove", "country"])).status, 4);
});

test("a transcript is exported in every format, and no file is overwritten unasked", async (t) => {
	const home = await homeWithMemo(t);
	await home.onwax(["import", home.memo]);
	for (const format of ["txt", "srt", "vtt", "md", "json"]) {
		const { stdout, status } = await home.onwax(["export", "last", "--format", format]);
		assert.equal(status, 0, format);
		assert.match(stdout, /ask not what/, format);
	}
	const output = join(home.folder, "out.txt");
	assert.equal((await home.onwax(["export", "last", "--output", output])).status, 0);
	assert.equal(await readFile(output, "utf8"), `${heard}\n`);
	assert.equal((await home.onwax(["export", "last", "--output", output])).status, 1);
	assert.equal((await home.onwax(["export", "last", "--output", output, "--force"])).status, 0);
});

test("trash, restore and purge: only what is in the trash is destroyed, and not unasked", async (t) => {
	const home = await homeWithMemo(t);
	const [kept] = await home.json(["import", home.memo]);
	const name = String(kept?.name);
	assert.equal((await home.onwax(["purge", name, "--yes"])).status, 1, "not in the trash");
	await home.onwax(["trash", name]);
	assert.equal((await home.json(["list"])).length, 0);
	assert.equal((await home.json(["list", "--status", "deleted"])).length, 1);
	assert.equal((await home.onwax(["purge", name])).status, 2, "nobody to ask");
	await home.onwax(["restore", name]);
	assert.equal((await home.json(["list"])).length, 1);
	await home.onwax(["trash", name]);
	assert.equal((await home.onwax(["purge", name, "--yes"])).status, 0);
	assert.equal((await home.onwax(["show", name])).status, 4);
	assert.deepEqual(await readdir(join(home.dataDir, "recordings", "trash")), []);
});
