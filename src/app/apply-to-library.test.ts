import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { openTempApp } from "../../test/temp-app.ts";
import {
	exampleOutput,
	exampleWav,
	folderOf,
	publishTranscribed,
} from "../../test/transcribed-recording.ts";
import { prepareTranscript, readTranscript } from "../archive/transcript-file.ts";
import type { LexiconRule } from "../lexicon/lexicon.ts";
import { removeLexicon, saveLexicon } from "../lexicon/lexicon-file.ts";
import { changeRecording } from "../library/change.ts";
import type { Transcript } from "../transcript.ts";
import { applyToTexts } from "./apply-to-library.ts";
import { editRecording } from "./edit.ts";
import type { App } from "./open-app.ts";
import { recompose } from "./recompose.ts";
import { undoApplying } from "./undo-applying.ts";
import { validateRecordings } from "./validate.ts";

const rule = (from: string, to: string): LexiconRule => ({ from, to, kind: "words" });
const save = (app: App, ...rules: LexiconRule[]) =>
	saveLexicon(app.library.layout.lexicons, "names", rules);

/** A library of recordings that all say "hello wax". */
async function libraryOf(t: TestContext, count: number): Promise<{ app: App; names: string[] }> {
	const app = await openTempApp(t);
	const names: string[] = [];
	for (let seed = 1; seed <= count; seed += 1) {
		const name = await publishTranscribed(app.library, exampleWav(seed));
		await rewrite(app, name, composed);
		names.push(name);
	}
	return { app, names };
}

async function rewrite(
	app: App,
	name: string,
	change: (transcript: Transcript) => Transcript,
): Promise<void> {
	await changeRecording(app.library, name, async ({ folder, metadata }) => {
		const current = await readTranscript(folder);
		if (current === null) return null;
		const written = await prepareTranscript(folder, change(current));
		return { fields: { files: { ...metadata.files, ...written } } };
	});
}

/** As the program itself writes it. */
function composed(transcript: Transcript): Transcript {
	return recompose(transcript, exampleOutput, {
		corrected: { ...exampleOutput, lexicons: [], lexiconError: null },
	});
}

/** Files that hold a text as it was before. */
async function keptFiles(app: App, name: string): Promise<string[]> {
	const files = await readdir(await folderOf(app.library, name));
	return files.filter((file) => /^transcript\.[0-9a-f]{16}\.json$/.test(file));
}

/** The files that people read, byte for byte. */
async function textsOf(app: App, names: readonly string[]): Promise<string[]> {
	const texts = names.map(async (name) => {
		const folder = await folderOf(app.library, name);
		const files = ["transcript.json", "transcript.txt"];
		const read = files.map((file) => readFile(join(folder, file), "utf8"));
		return (await Promise.all(read)).join("\n");
	});
	return Promise.all(texts);
}

type Told = { changed: string[]; left: string[]; failed: string[]; dryRun?: boolean };

async function apply(
	app: App,
	names: readonly string[],
	options: { dryRun?: boolean; stopAfter?: number } = {},
): Promise<Told> {
	const told: Told = { changed: [], left: [], failed: [] };
	const stop = new AbortController();
	await applyToTexts(app, names, {
		dryRun: options.dryRun ?? false,
		signal: stop.signal,
		onProgress() {},
		onReapplied({ name }) {
			told.changed.push(name);
			if (told.changed.length === options.stopAfter) stop.abort(new Error("cut short"));
		},
		onLeft: (name) => told.left.push(name),
		onFailed: (name, error) => told.failed.push(`${name} ${error.code}`),
	});
	return told;
}

async function undo(app: App, dryRun = false): Promise<string[]> {
	const told: string[] = [];
	await undoApplying(app, {
		...{ dryRun, signal: new AbortController().signal },
		onProgress() {},
		onRestored: (_, restored) => told.push(restored),
		onFailed: (_, { code }) => told.push(code),
	});
	return told;
}

async function assertWhole(app: App): Promise<void> {
	const { findings } = await validateRecordings(app, {
		...{ names: "all" as const, repair: false, signal: new AbortController().signal },
		onFinding() {},
		onProgress() {},
	});
	// The fixture's waveform is a stand-in.
	const others = findings.filter(({ file }) => file !== "peaks.bin");
	assert.deepEqual(others, []);
}

test("a lexicon is applied to all texts, and undone byte for byte", async (t) => {
	const { app, names } = await libraryOf(t, 3);
	const before = await textsOf(app, names);
	await save(app, rule("wax", "Onwax"));
	assert.deepEqual((await apply(app, names, { dryRun: true })).changed, names);
	assert.deepEqual(await textsOf(app, names), before, "a dry run changes nothing");
	assert.deepEqual((await apply(app, names)).changed, names);
	assert.deepEqual(await keptFiles(app, names[0] ?? ""), [], "the layers are enough");
	const hit = await app.library.catalogue.search("onwax", { limit: 9 });
	assert.equal(hit.length, 3);
	assert.deepEqual((await apply(app, names)).changed, [], "applied again, nothing changes");
	await assertWhole(app);
	assert.deepEqual(await undo(app, true), ["restored", "restored", "restored"]);
	assert.deepEqual(await undo(app), ["restored", "restored", "restored"]);
	assert.deepEqual(await textsOf(app, names), before);
	await assertWhole(app);
	await assert.rejects(undo(app), { code: "ERR_STATE" });
});

test("applications are undone one after the other, each to the text it found", async (t) => {
	const { app, names } = await libraryOf(t, 2);
	const states = [await textsOf(app, names)];
	for (const to of ["Onwax", "beeswax"]) {
		await save(app, rule("wax", to));
		await apply(app, names);
		states.push(await textsOf(app, names));
	}
	await removeLexicon(app.library.layout.lexicons, "names");
	await apply(app, names);
	assert.deepEqual(
		(await textsOf(app, names)).map((text) => text.includes("beeswax")),
		[false, false],
	);
	for (const state of states.toReversed()) {
		await undo(app);
		assert.deepEqual(await textsOf(app, names), state);
	}
	await assertWhole(app);
});

test("any changes of any lexicons, applied, are undone to the byte", async (t) => {
	const { app, names } = await libraryOf(t, 1);
	const rules = fc.array(
		fc.record({
			from: fc.constantFrom("hello", "wax", "hello wax", "onwax"),
			to: fc.constantFrom("", "wax", "onwax", "a b"),
			kind: fc.constant("words" as const),
		}),
		{ maxLength: 3 },
	);
	const change = fc.record({ name: fc.constantFrom("a", "b"), rules });
	await fc.assert(
		fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
			const before = await textsOf(app, names);
			for (const one of changes) {
				await saveLexicon(app.library.layout.lexicons, one.name, one.rules);
			}
			if ((await apply(app, names)).changed.length === 0) return;
			await undo(app);
			assert.deepEqual(await textsOf(app, names), before);
		}),
		{ numRuns: 25 },
	);
});

test("cut short, an application can be undone as far as it went", async (t) => {
	const { app, names } = await libraryOf(t, 3);
	const before = await textsOf(app, names);
	await save(app, rule("wax", "Onwax"));
	await assert.rejects(apply(app, names, { stopAfter: 2 }), /cut short/);
	assert.deepEqual(await undo(app), ["restored", "restored", "unchanged"]);
	assert.deepEqual(await textsOf(app, names), before);
});

test("cut short and gone on with, both halves are undone at once", async (t) => {
	const { app, names } = await libraryOf(t, 3);
	const before = await textsOf(app, names);
	await save(app, rule("wax", "Onwax"));
	await assert.rejects(apply(app, names, { stopAfter: 1 }), /cut short/);
	assert.deepEqual((await apply(app, names)).changed, names.slice(1));
	await undo(app);
	assert.deepEqual(await textsOf(app, names), before);
	await assert.rejects(undo(app), { code: "ERR_STATE" });
});

async function textNow(app: App, name: string): Promise<string | undefined> {
	return (await readTranscript(await folderOf(app.library, name)))?.text;
}

/** Changes a text behind everybody's back, as another engine's would. */
async function anotherEngine(app: App, name: string, engineFile: string): Promise<void> {
	await rewrite(app, name, (transcript) => ({ ...transcript, engineFile }));
}

test("under an edit that came since, the text below is restored, and the edit stays", async (t) => {
	const { app, names } = await libraryOf(t, 2);
	const before = await textsOf(app, names);
	const [first = "", second = ""] = names;
	await save(app, rule("wax", "Onwax"));
	await apply(app, names);
	await editRecording(app, first, { text: "by hand" });
	assert.deepEqual(await undo(app, true), ["restored", "restored"]);
	assert.equal(await textNow(app, second), "hello Onwax", "a dry run changes nothing");
	assert.deepEqual(await undo(app), ["restored", "restored"]);
	assert.deepEqual(
		[await textNow(app, first), await textNow(app, second)],
		["by hand", "hello wax"],
	);
	await assertWhole(app);
	await editRecording(app, first, { undoEdit: true });
	assert.deepEqual(await textsOf(app, names), before);
	await assert.rejects(undo(app), { code: "ERR_STATE" });
});

test("an edit that was there and was undone since keeps nothing from being restored", async (t) => {
	const { app, names } = await libraryOf(t, 1);
	const before = await textsOf(app, names);
	const [name = ""] = names;
	await editRecording(app, name, { text: "by hand" });
	await save(app, rule("wax", "Onwax"));
	await apply(app, names);
	await editRecording(app, name, { undoEdit: true });
	assert.equal(await textNow(app, name), "hello Onwax");
	assert.deepEqual(await undo(app), ["restored"]);
	assert.deepEqual(await textsOf(app, names), before);
});

test("a text that something else has changed since is left alone, told, and can be undone later", async (t) => {
	const { app, names } = await libraryOf(t, 2);
	const before = await textsOf(app, names);
	const [first = ""] = names;
	await save(app, rule("wax", "Onwax"));
	await apply(app, names);
	const { engineFile = "" } = (await readTranscript(await folderOf(app.library, first))) ?? {};
	await anotherEngine(app, first, "engine.other.json");
	assert.deepEqual(await undo(app, true), ["changed", "restored"]);
	assert.deepEqual(await undo(app), ["changed", "restored"]);
	await assert.rejects(undo(app), { code: "ERR_STATE" });
	await anotherEngine(app, first, engineFile);
	assert.deepEqual(await undo(app), ["restored", "unchanged"]);
	assert.deepEqual(await textsOf(app, names), before);
	await assert.rejects(undo(app), { code: "ERR_STATE" });
});

test("an application with nothing left to restore makes way for the one before it", async (t) => {
	const { app, names } = await libraryOf(t, 2);
	const [first = "", second = ""] = names;
	await save(app, rule("wax", "Onwax"));
	await apply(app, names);
	await save(app, rule("wax", "beeswax"));
	await apply(app, [first]);
	await anotherEngine(app, first, "engine.other.json");
	assert.deepEqual(await undo(app), ["changed"]);
	assert.deepEqual(await undo(app), ["changed", "restored"]);
	assert.equal(await textNow(app, second), "hello wax");
});

test("a text whose layers do not give its bytes again is kept beside it, and comes back", async (t) => {
	const { app, names } = await libraryOf(t, 1);
	const [name = ""] = names;
	// As another version of the program might have written it: the same, in another order.
	await rewrite(app, name, ({ text, ...others }) => ({ ...others, text }));
	const before = await textsOf(app, names);
	await save(app, rule("wax", "Onwax"));
	await apply(app, names);
	assert.equal((await keptFiles(app, name)).length, 1);
	await assertWhole(app);
	await undo(app);
	assert.deepEqual(await textsOf(app, names), before);
	assert.deepEqual(await keptFiles(app, name), []);
	await assertWhole(app);
});

for (const [what, version1] of [
	["cannot be read", "{"],
	["was changed by hand", JSON.stringify({ format: 1, name: "names", version: 1, rules: [] })],
] as const) {
	test(`where a version of a lexicon ${what}, that is told, and the text stays`, async (t) => {
		const { app, names } = await libraryOf(t, 1);
		for (const to of ["Onwax", "beeswax"]) {
			await save(app, rule("wax", to));
			await apply(app, names);
		}
		const after = await textsOf(app, names);
		await writeFile(join(app.library.layout.lexicons, "names.v1.json"), version1);
		assert.deepEqual(await undo(app), ["ERR_DAMAGED"]);
		assert.deepEqual(await textsOf(app, names), after);
	});
}

test("a lexicon that cannot be read changes no text", async (t) => {
	const { app, names } = await libraryOf(t, 1);
	const before = await textsOf(app, names);
	await save(app, rule("wax", "Onwax"));
	await writeFile(join(app.library.layout.lexicons, "bad.json"), "{");
	await assert.rejects(apply(app, names), { code: "ERR_LEXICON" });
	assert.deepEqual(await textsOf(app, names), before);
});

test("under an edit a lexicon changes what lies below, and the edit stays", async (t) => {
	const { app, names } = await libraryOf(t, 1);
	const [name = ""] = names;
	await save(app, rule("wax", "Onwax"));
	await editRecording(app, name, { text: "goodbye" });
	assert.deepEqual((await apply(app, names)).changed, names);
	const folder = await folderOf(app.library, name);
	assert.equal((await readTranscript(folder))?.text, "goodbye");
	await editRecording(app, name, { undoEdit: true });
	const undone = await readTranscript(folder);
	assert.deepEqual([undone?.text, undone?.originalText], ["hello Onwax", exampleOutput.text]);
});

test("purged recordings are passed over", async (t) => {
	const { app, names } = await libraryOf(t, 1);
	await save(app, rule("wax", "Onwax"));
	const [name = ""] = names;
	await apply(app, names);
	await app.library.catalogue.remove([name]);
	assert.deepEqual(await undo(app), ["gone"]);
});
