import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { LexiconRule } from "./lexicon.ts";
import { listKeptLexicons, removeLexicon, saveLexicon, undoLexicon } from "./lexicon-file.ts";
import { lexiconHistory, versionBefore } from "./lexicon-history.ts";

const root = mkdtempSync(join(tmpdir(), "onwax-lexicon-history-"));
after(() => rmSync(root, { recursive: true }));

const dirOf = () => mkdtempSync(join(root, "lexicons-"));
const rule = (from: string, to: string): LexiconRule => ({ from, to, kind: "words" });

async function stepBack(dir: string): Promise<number | null> {
	const version = await versionBefore(dir, "names");
	if (version !== null) await undoLexicon(dir, "names", version);
	return version;
}

test("each version tells what it added, removed and changed", async () => {
	const dir = dirOf();
	await saveLexicon(dir, "names", [rule("a", "A"), rule("b", "B")]);
	await saveLexicon(dir, "names", [rule("B", "bee"), rule("c", "C")]);
	await undoLexicon(dir, "names", 1);
	const history = await lexiconHistory(dir, "names");
	assert.deepEqual(
		history.map(({ version, isInUse, restoredFrom }) => [version, isInUse, restoredFrom]),
		[
			[1, false, null],
			[2, false, null],
			[3, true, 1],
		],
	);
	assert.deepEqual(history[1]?.changes, {
		added: [rule("c", "C")],
		removed: [rule("a", "A")],
		changed: [rule("B", "bee")],
	});
});

test("steps back lead further back each time, also after something new", async () => {
	const dir = dirOf();
	for (const to of ["1", "2", "3"]) await saveLexicon(dir, "names", [rule("a", to)]);
	assert.deepEqual([await stepBack(dir), await stepBack(dir)], [2, 1]);
	assert.equal(await stepBack(dir), null);
	await saveLexicon(dir, "names", [rule("a", "6")]);
	assert.deepEqual([await stepBack(dir), await stepBack(dir)], [5, null]);
});

test("a lexicon that was taken out of use comes back as it was", async () => {
	const dir = dirOf();
	await saveLexicon(dir, "names", [rule("a", "1")]);
	await saveLexicon(dir, "names", [rule("a", "2")]);
	await removeLexicon(dir, "names");
	assert.deepEqual(await listKeptLexicons(dir), ["names"]);
	assert.equal(await stepBack(dir), 2);
	assert.equal(await stepBack(dir), 1);
});

test("a version that cannot be read is told and stepped over; one that never was is not found", async () => {
	const dir = dirOf();
	for (const to of ["1", "2", "3"]) await saveLexicon(dir, "names", [rule("a", to)]);
	writeFileSync(join(dir, "names.v2.json"), "{");
	assert.equal((await lexiconHistory(dir, "names"))[1]?.changes, null);
	assert.equal(await versionBefore(dir, "names"), 1);
	await assert.rejects(lexiconHistory(dir, "others"), { code: "ERR_NOT_FOUND" });
});
