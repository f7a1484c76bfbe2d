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
 * Prepares the rules of kind `words` for any number of texts. They are kept by their first
 * word, so that a long lexicon costs little more than a short one.
 */
export function compileWordRules(rules: readonly LexiconRule[]): WordRules {
	const byFirst = new Map<string, CompiledRule[]>();
	for (const [ruleIndex, rule] of rules.entries()) {
		const from = rule.from.normalize("NFC").trim();
		if (rule.kind !== "words" || from === "") continue;
		const parts = from.split(/\s+/).map(escaped);
		const pattern = new RegExp(parts.join("\\s+"), rule.caseSensitive ? "uy" : "iuy");
		const first = folded(from.match(wordRun)?.[0] ?? "");
		const alike = byFirst.get(first) ?? [];
		alike.push({ rule, ruleIndex, from, pattern });
		byFirst.set(first, alike);
	}
	return (text) => (byFirst.size === 0 ? [] : findMatches(text, byFirst));
}

function findMatches(text: string, byFirst: ReadonlyMap<string, CompiledRule[]>): Match[] {
	const isDictionaryBoundary = dictionaryBoundaries(text);
	const found: Match[] = [];
	for (const { 0: run, index: start } of text.matchAll(wordRun)) {
		const rules = byFirst.get(folded(run));
		if (!rules || !startsWord(text, start, isDictionaryBoundary)) continue;
		for (const { rule, ruleIndex, from, pattern } of rules) {
			pattern.lastIndex = start;
			const matched = pattern.exec(text)?.[0];
			if (matched === undefined) continue;
			const end = start + matched.length;
			if (!endsWord(text, end, isDictionaryBoundary)) continue;
			const replacement = followCase(text, start, matched, { from, to: rule.to });
			found.push({ start, end, replacement, ruleIndex });
		}
	}
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

function folded(text: string): string {
	return text.toUpperCase().toLowerCase();
}

/** Only the syntax characters: the `u` flag forbids escaping any other. */
function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
