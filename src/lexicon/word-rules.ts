import { followCase } from "./letter-case.ts";
import {
	characterAt,
	characterBefore,
	dictionaryBoundaries,
	unspacedLetter,
	wordCharacter,
	wordRun,
} from "./letters.ts";
import type { LexiconRule, Match } from "./lexicon.ts";

type CompiledRule = { rule: LexiconRule; ruleIndex: number; from: string; pattern: RegExp };

/** Finds every place of an NFC text where a rule for words matches, overlapping ones included. */
export type WordRules = (text: string) => Match[];

/**
 * Prepares the rules of kind `words` for any number of texts. They are kept by their first two
 * words, so that a long lexicon costs little more than a short one.
 */
export function compileWordRules(rules: readonly LexiconRule[]): WordRules {
	const byFirst = new Map<string, BySecond>();
	for (const [ruleIndex, rule] of rules.entries()) {
		const from = rule.from.normalize("NFC").trim();
		if (rule.kind !== "words" || from === "") continue;
		const parts = from.split(/\s+/).map(escaped);
		const pattern = new RegExp(parts.join("\\s+"), rule.caseSensitive ? "uy" : "iuy");
		const [first = "", second = ""] = from.match(wordRun)?.filter(isNoSpace).map(folded) ?? [];
		const bySecond = byFirst.get(first) ?? new Map();
		byFirst.set(first, bySecond);
		const alike = bySecond.get(second) ?? [];
		bySecond.set(second, alike);
		alike.push({ rule, ruleIndex, from, pattern });
	}
	return (text) => (byFirst.size === 0 ? [] : findMatches(text, byFirst));
}

/** With "" for those of one word, or of one character of a script without spaces. */
type BySecond = Map<string, CompiledRule[]>;

function findMatches(text: string, byFirst: ReadonlyMap<string, BySecond>): Match[] {
	const isDictionaryBoundary = dictionaryBoundaries(text);
	const found: Match[] = [];
	const findAt = (start: number, run: string, next: string) => {
		const bySecond = byFirst.get(folded(run));
		if (!bySecond || !startsWord(text, start, isDictionaryBoundary)) return;
		const alone = bySecond.get("") ?? [];
		const rules = next === "" ? alone : [...alone, ...(bySecond.get(folded(next)) ?? [])];
		for (const { rule, ruleIndex, from, pattern } of rules) {
			pattern.lastIndex = start;
			const matched = pattern.exec(text)?.[0];
			if (matched === undefined) continue;
			const end = start + matched.length;
			if (!endsWord(text, end, isDictionaryBoundary)) continue;
			const replacement = followCase(text, start, matched, { from, to: rule.to });
			found.push({ start, end, replacement, ruleIndex });
		}
	};
	let before: { start: number; run: string } | null = null;
	for (const { 0: run, index: start } of text.matchAll(wordRun)) {
		if (!isNoSpace(run)) continue;
		if (before !== null) findAt(before.start, before.run, run);
		before = { start, run };
	}
	if (before !== null) findAt(before.start, before.run, "");
	return found;
}

type IsBoundary = (offset: number) => boolean;

function startsWord(text: string, at: number, isBoundary: IsBoundary): boolean {
	const first = characterAt(text, at);
	const before = characterBefore(text, at);
	if (!wordCharacter.test(first) || !wordCharacter.test(before)) return true;
	// Between two scripts, or two words of one without spaces, there is a boundary without a space.
	if (unspacedLetter.test(first) || unspacedLetter.test(before)) return isBoundary(at);
	return false;
}

function endsWord(text: string, at: number, isBoundary: IsBoundary): boolean {
	const last = characterBefore(text, at);
	const next = characterAt(text, at);
	if (!wordCharacter.test(last)) return true;
	// "don" is no word of "don't"; a possessive ('s) stays behind the word it belongs to.
	if (/['’]/.test(next)) {
		return !/^['’](?!s(?![\p{L}\p{N}]))\p{L}/iu.test(text.slice(at, at + 8));
	}
	if (!wordCharacter.test(next)) return true;
	if (unspacedLetter.test(last) || unspacedLetter.test(next)) return isBoundary(at);
	return false;
}

function isNoSpace(run: string): boolean {
	return !/^\s$/.test(run);
}

function folded(text: string): string {
	return text.toUpperCase().toLowerCase();
}

/** Only the syntax characters: the `u` flag forbids escaping any other. */
function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
