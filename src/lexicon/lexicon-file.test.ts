import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { LexiconRule } from "./lexicon.ts";
import {
	lexiconsDir,
	listLexicons,
	listLexiconVersions,
	readLexicon,
	removeLexicon,
	saveLexicon,
	undoLexicon,
} from "./lexicon-file.ts";
import { validateRules, validateRulesInPieces } from "./validate-rules.ts";

const root = mkdtempSync(join(tmpdir(), "onwax-lexicon-"));
after(() => rmSync(root, { recursive: true }));

const dirOf = () => lexiconsDir(mkdtempSync(join(root, "data-")));
const rule = (from: string, to: string): LexiconRule => ({ from, to, kind: "words" });

test("every change is a new version, and every version can be read and put back", async () => {
	const dir = dirOf();
	assert.deepEqual(await listLexicons(dir), []);
	assert.equal((await saveLexicon(dir, "names", [rule("a", "A")])).version, 1);
	assert.equal((await saveLexicon(dir, "names", [rule("a", "B")], 1)).version, 2);
	assert.equal((await saveLexicon(dir, "names", [rule("a", "B")])).version, 2);
	assert.deepEqual(readdirSync(dir).sort(), ["names.json", "names.v1.json"]);
	assert.deepEqual((await readLexicon(dir, "names", 1)).rules, [rule("a", "A")]);
	assert.deepEqual((await readLexicon(dir, "names", 2)).rules, [rule("a", "B")]);
	const undone = await undoLexicon(dir, "names", 1);
	assert.deepEqual([undone.version, undone.rules], [3, [rule("a", "A")]]);
	assert.deepEqual(await listLexiconVersions(dir, "names"), [1, 2, 3]);
	assert.deepEqual(await listLexicons(dir), ["names"]);
});

test("a lexicon that was removed keeps its versions, and a new one counts on", async () => {
	const dir = dirOf();
	await saveLexicon(dir, "names", [rule("a", "A")]);
	await removeLexicon(dir, "names");
	assert.deepEqual(await listLexicons(dir), []);
	await assert.rejects(readLexicon(dir, "names"), { code: "ERR_NOT_FOUND" });
	assert.equal((await readLexicon(dir, "names", 1)).version, 1);
	assert.equal((await saveLexicon(dir, "names", [])).version, 2);
});

test("a change made from an older version is refused", async () => {
	const dir = dirOf();
	await saveLexicon(dir, "names", [rule("a", "A")], 0);
	await assert.rejects(saveLexicon(dir, "names", [], 0), { code: "ERR_CONFLICT" });
});

test("names that are no file names, rules with errors and damaged files are refused", async () => {
	const dir = dirOf();
	for (const name of ["", "../x", "a.v1", "a/b", "-x", "x".repeat(65)]) {
		await assert.rejects(saveLexicon(dir, name, []), { code: "ERR_LEXICON" }, name);
	}
	const broken: LexiconRule = { from: "(", to: "", kind: "regex" };
	await assert.rejects(saveLexicon(dir, "n", [rule("a", "b"), broken]), /rule 2: Invalid regular/);
	await saveLexicon(dir, "n", []);
	for (const text of [
		"",
		"{",
		"[]",
		'{"format":1}',
		'{"format":1,"name":"n","version":0,"rules":[]}',
		'{"format":1,"name":"n","version":1,"rules":[{"from":1}]}',
	]) {
		writeFileSync(join(dir, "n.json"), text);
		await assert.rejects(readLexicon(dir, "n"), { code: "ERR_LEXICON" }, text);
	}
	writeFileSync(join(dir, "n.json"), '{"format":2}');
	await assert.rejects(readLexicon(dir, "n"), { code: "ERR_FORMAT_TOO_NEW" });
});

test("rules that undo each other, repeat each other or hold control characters are told", () => {
	const messages = (...rules: LexiconRule[]) => validateRules(rules).map(({ message }) => message);
	assert.match(messages(rule("a", "b"), rule("b", "c")).join(), /would be changed again/);
	assert.match(messages(rule("a", "b"), rule("A", "c")).join(), /rule 1 has the same from/);
	assert.match(messages(rule("a", "new"), rule("new york", "NY")).join(), /another rule's phrase/);
	assert.match(messages(rule("a", "b\u001fc")).join(), /control character/);
	assert.match(messages(rule(" ", "b")).join(), /from is empty/);
	assert.deepEqual(messages(rule("cooper netties", "Kubernetes"), rule("on wax", "Onwax")), []);
});

test("many rules are compared in pieces: others have their turn, and there is an end to it", async () => {
	const apart = Array.from({ length: 500 }, (_, at) => rule(`word${at} and`, `Term${at}`));
	const all = [...apart, rule("word1 and", "b"), rule("x", "word3 and")];
	let turns = 0;
	const turn = setInterval(() => {
		turns += 1;
	});
	const whole = await validateRulesInPieces(all, { pieceMs: 0, mostMs: Number.POSITIVE_INFINITY });
	clearInterval(turn);
	assert.ok(turns > 0, "nobody else had a turn");
	assert.deepEqual(whole, validateRules(all));
	assert.deepEqual(
		whole.map(({ ruleIndex }) => ruleIndex),
		[500, 501],
	);
	assert.deepEqual(validateRules(all, 501), whole.slice(1));
	const [told, ...more] = await validateRulesInPieces(all, { mostMs: 0 });
	assert.match(told?.message ?? "", /were not compared/);
	assert.deepEqual([told?.ruleIndex, more], [1, []]);
});
