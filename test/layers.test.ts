import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Home, tempHome } from "./onwax-process.ts";
import { exampleWav } from "./transcribed-recording.ts";

const said = "today we use cooper netties for the whole of it";
const timed = said.split(" ").map((word, index) => ({
	...{ word, start: index * 0.01, end: index * 0.01 + 0.005 },
}));

/** Two engines, of which one tells when each word is heard, and a recording that the first one heard. */
async function homeWithEngines(t: TestContext): Promise<Home> {
	const home = await tempHome(t);
	const answers = {
		one: JSON.stringify({
			text: said,
			segments: [{ text: said, start: 0, end: 0.1, words: timed }],
		}),
		two: "Today, we use Kubernetes for the hole of it.",
		mute: "…",
	};
	const engines: Record<string, object> = {};
	for (const [name, answer] of Object.entries(answers)) {
		const script = join(home.folder, `${name}.mjs`);
		await writeFile(script, `process.stdout.write(${JSON.stringify(answer)})`);
		const command = [process.execPath, script, "{audio}"];
		engines[name] = { type: "command", command, output: name === "one" ? "json" : "text" };
	}
	await home.configure({ engine: "one", engines, coverage: { enabled: false } });
	await writeFile(join(home.folder, "memo.wav"), exampleWav(1));
	assert.equal((await home.onwax(["import", "memo.wav"])).status, 0);
	return home;
}

async function textOf(home: Home): Promise<string> {
	return (await home.onwax(["show", "last", "--text"])).stdout.trim();
}

test("diff compares two engines by words, shows where, and tells how far they are apart", async (t) => {
	const home = await homeWithEngines(t);
	const alone = await home.onwax(["diff", "last"]);
	assert.equal(alone.status, 1);
	assert.match(alone.stderr, /one engine only[\s\S]+onwax transcribe \S+\s+--engine/);
	assert.equal((await home.onwax(["transcribe", "last", "--engine", "two"])).status, 0);
	const shown = await home.onwax(["diff", "last"]);
	assert.match(shown.stdout, /^- one .*\n\+ two /);
	assert.match(shown.stdout, /0:00 {2}…Today, we use \[-cooper netties-\] \{\+Kubernetes\+\} for/);
	assert.match(shown.stdout, /Word error rate 30\.0 %: of 10 words, 2 replaced, 1 left out\./);
	const coloured = await home.onwax(["diff", "last"], { env: { FORCE_COLOR: "1" } });
	assert.ok(coloured.stdout.includes("\u001b[31m[-whole-]"));
	const [value] = await home.json(["diff", "last", "--from", "two", "--to", "one"]);
	const { words, substitutions, deletions, insertions, rate, changes } = value ?? {};
	assert.deepEqual([words, substitutions, deletions, insertions, rate], [9, 2, 0, 1, 3 / 9]);
	assert.equal((changes as unknown[]).length, 2);
	const exact = await home.onwax(["diff", "last", "--exact"]);
	assert.match(exact.stdout, /\[-today-\] \{\+Today,\+\}/);
	const missing = await home.onwax(["diff", "last", "--from", "three"]);
	assert.equal(missing.status, 4);
	assert.match(missing.stderr, /text, original, one[\s\S]+two/);
});

test("diff speaks of an error rate only between two engines, and of words only where there are some", async (t) => {
	const home = await homeWithEngines(t);
	assert.equal((await home.onwax(["transcribe", "last", "--engine", "mute"])).status, 0);
	const nothing = await home.onwax(["diff", "last", "--from", "mute", "--to", "one"]);
	assert.match(nothing.stdout, /\nThe first text has no words; the second one has 10\.\n$/);
	assert.equal((await home.onwax(["transcribe", "last", "--engine", "one"])).status, 0);
	await writeFile(join(home.folder, "better.txt"), "today");
	await home.onwax(["edit", "last", "--transcript", "better.txt"]);
	const before = await home.onwax(["diff", "last", "--from", "text", "--to", "original"]);
	assert.match(before.stdout, /\nOf 1 word, 9 added\.\n$/);
	const after = await home.onwax(["diff", "last", "--from", "original"]);
	assert.match(after.stdout, /\nOf 10 words, 9 left out\.\n$/);
	const [value] = await home.json(["diff", "last", "--from", "text", "--to", "original"]);
	assert.equal(value?.rate, 9);
});

test("a corrected word says where it comes from, also in an export", async (t) => {
	const home = await homeWithEngines(t);
	await home.onwax(["lexicon", "add", "cooper netties", "Kubernetes"]);
	await home.onwax(["lexicon", "apply", "--all"]);
	const exported = await home.onwax(["export", "last", "--format", "json"]);
	const { segments } = JSON.parse(exported.stdout);
	assert.deepEqual(segments[0].words[3], {
		...{ text: "Kubernetes", startSeconds: 0.03, endSeconds: 0.045 },
		provenance: [
			{ original: "cooper netties", lexicon: "names", version: 1, rule: "cooper netties" },
		],
	});
	const { stdout } = await home.onwax(["diff", "last", "--from", "original"]);
	assert.match(stdout, /\[-cooper netties-\] \{\+Kubernetes\+\}/);
});

test("a lexicon is taken back, put in use again, and its versions are told", async (t) => {
	const home = await homeWithEngines(t);
	await home.onwax(["lexicon", "add", "cooper netties", "Kubernetes"]);
	await home.onwax(["lexicon", "add", "it", "that"]);
	assert.match((await home.onwax(["lexicon", "undo"])).stdout, /as in version 1, now version 3/);
	const history = await home.onwax(["lexicon", "history"]);
	assert.match(
		history.stdout,
		/version 2\n {4}\+ it {2}→ {2}that\n {2}version 3 {2}version 1 again, in use/,
	);
	assert.equal((await home.onwax(["lexicon", "undo"])).status, 1);
	assert.match((await home.onwax(["lexicon", "undo", "--to", "2"])).stdout, /now version 4/);
	assert.equal((await home.onwax(["lexicon", "undo", "--to", "x"])).status, 2);
	assert.equal((await home.onwax(["lexicon", "remove"])).status, 2);
	assert.equal((await home.onwax(["lexicon", "remove", "--all"])).status, 0);
	assert.match((await home.onwax(["lexicon", "list"])).stderr, /No corrections yet/);
	assert.match((await home.onwax(["lexicon", "undo", "names"])).stdout, /as in version 4/);
	assert.equal((await home.json(["lexicon", "history", "names"])).length, 5);
	assert.equal((await home.onwax(["lexicon", "history", "others"])).status, 4);
});

test("what was applied to the texts is given back", async (t) => {
	const home = await homeWithEngines(t);
	await home.onwax(["lexicon", "add", "cooper netties", "Kubernetes"]);
	const applied = await home.onwax(["lexicon", "apply", "last"]);
	assert.match(applied.stderr, /1 of 1 text changed[\s\S]+--undo/);
	assert.match(await textOf(home), /Kubernetes/);
	const [preview] = await home.json(["lexicon", "apply", "--undo", "--dry-run"]);
	assert.deepEqual([preview?.restored, preview?.applied], ["restored", false]);
	assert.match(await textOf(home), /Kubernetes/);
	const undone = await home.onwax(["lexicon", "apply", "--undo"]);
	assert.match(undone.stderr, /1 text restored: as before the application of/);
	assert.equal(await textOf(home), said);
	assert.equal((await home.onwax(["lexicon", "apply", "--undo"])).status, 1);
	assert.equal((await home.onwax(["lexicon", "apply", "--all", "--undo"])).status, 2);
});

test("edits are undone one by one, and stand above engines and lexicons", async (t) => {
	const home = await homeWithEngines(t);
	for (const text of ["first", "second"]) {
		await home.onwax(["edit", "last", "--transcript", "-"], { input: text });
	}
	await home.onwax(["transcribe", "last", "--engine", "two"]);
	await home.onwax(["lexicon", "add", "the hole", "the whole"]);
	const applied = await home.onwax(["lexicon", "apply", "--all"]);
	assert.match(applied.stdout, /under your edit/);
	assert.equal(await textOf(home), "second");
	const undone = await home.onwax(["edit", "last", "--undo-edit"]);
	assert.match(undone.stderr, /Your edit of .* stands again/);
	assert.equal(await textOf(home), "first");
	await home.onwax(["edit", "last", "--undo-edit"]);
	assert.equal(await textOf(home), "Today, we use Kubernetes for the whole of it.");
	assert.equal((await home.onwax(["edit", "last", "--undo-edit"])).status, 1);
});
