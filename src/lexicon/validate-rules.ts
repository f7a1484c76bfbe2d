import { setImmediate as nextTurn } from "node:timers/promises";
import { wordCorrector } from "./apply-lexicon.ts";
import type { LexiconRule } from "./lexicon.ts";
import { regexFlags } from "./regex-rules.ts";

export type RuleProblem = {
	/** Counted from 0. */
	ruleIndex: number;
	/** A rule with an error is not saved; a warning is told to the person who wrote it. */
	severity: "error" | "warning";
	message: string;
};

const mostRules = 10_000;
const longestText = 1000;

/** More words than this are not compared where what one rule gives could begin another's phrase. */
const mostWordsAlike = 20;

/**
 * All that is wrong or doubtful with a list of rules, in their order.
 *
 * @param from of the doubtful ones only those from this rule on
 */
export function validateRules(rules: readonly LexiconRule[], from = 0): RuleProblem[] {
	const errors = ruleErrors(rules);
	return errors.length > 0 ? errors : [...warningsOf(rules, from)].flat();
}

/**
 * The same where others are not to be kept waiting: in pieces, and not all of it where the rules are so many and
 * so much alike that it would take long. Then that is the last warning.
 *
 * @param limits after `pieceMs` others have their turn; no more than `mostMs` is spent in all
 */
export async function validateRulesInPieces(
	rules: readonly LexiconRule[],
	limits: { pieceMs?: number; mostMs?: number } = {},
): Promise<RuleProblem[]> {
	const { pieceMs = 10, mostMs = 1000 } = limits;
	const found = ruleErrors(rules);
	if (found.length > 0) return found;
	let spentMs = 0;
	let startedMs = performance.now();
	let ruleIndex = 0;
	for (const warnings of warningsOf(rules, 0)) {
		found.push(...warnings);
		ruleIndex += 1;
		const pieceSpentMs = performance.now() - startedMs;
		if (spentMs + pieceSpentMs > mostMs && ruleIndex < rules.length) {
			const message = "rules from here on were not compared with the others: too many are alike";
			return [...found, { ruleIndex, severity: "warning", message }];
		}
		if (pieceSpentMs < pieceMs) continue;
		spentMs += pieceSpentMs;
		await nextTurn();
		startedMs = performance.now();
	}
	return found;
}

/** What keeps these rules from being used, in their order. */
export function ruleErrors(rules: readonly LexiconRule[]): RuleProblem[] {
	const errors: RuleProblem[] = [];
	if (rules.length > mostRules) {
		const message = `there are ${rules.length} rules; at most ${mostRules} are read`;
		errors.push({ ruleIndex: mostRules, severity: "error", message });
	}
	for (const [ruleIndex, rule] of rules.entries()) {
		const message = errorOf(rule);
		if (message) errors.push({ ruleIndex, severity: "error", message });
	}
	return errors;
}

function errorOf(rule: LexiconRule): string | null {
	if (rule.from.trim() === "") return "from is empty";
	if (rule.from.length > longestText) return `from is longer than ${longestText} characters`;
	if (rule.to.length > longestText) return `to is longer than ${longestText} characters`;
	// A control character would end up in transcripts, exports and the search index.
	if (/\p{Cc}/u.test(rule.to)) return "to holds a control character";
	if (!rule.from.isWellFormed() || !rule.to.isWellFormed()) return "the text is not well-formed";
	if (rule.kind === "words")
		return /\p{Cc}/u.test(rule.from) ? "from holds a control character" : null;
	try {
		new RegExp(rule.from, regexFlags(rule));
		return null;
	} catch (error) {
		return error instanceof Error ? error.message : "the regular expression is not valid";
	}
}

/** What is doubtful about each rule, one after the other. */
function* warningsOf(rules: readonly LexiconRule[], from: number): Generator<RuleProblem[]> {
	const seen = new Map<string, number>();
	const words = rules.filter(({ kind }) => kind === "words");
	const correct = wordCorrector(words);
	const beginsOrEndsAlike = phraseComparison(words);
	for (const [ruleIndex, rule] of rules.entries()) {
		const warnings: RuleProblem[] = [];
		const warn = (message: string) => warnings.push({ ruleIndex, severity: "warning", message });
		const same = `${rule.kind}\n${rule.caseSensitive ? rule.from : rule.from.toLowerCase()}`;
		const earlier = seen.get(same);
		if (earlier !== undefined) warn(`rule ${earlier + 1} has the same from and always wins`);
		else seen.set(same, ruleIndex);
		if (ruleIndex < from) continue;
		// What comes out must not be changed again, or applying twice would differ from once.
		if (rule.kind === "words" && correct(rule.to) !== rule.to) {
			warn(`what it gives ("${rule.to}") would be changed again if the lexicon were applied twice`);
		} else if (rule.kind === "words" && beginsOrEndsAlike(rule.to)) {
			warn(`what it gives ("${rule.to}") may form another rule's phrase with the words around it`);
		}
		yield warnings;
	}
}

/**
 * Tells of what a rule gives whether it ends with the beginning of a phrase, begins with the end of one,
 * or stands in one. The phrases are taken apart once: each rule is compared with all of them.
 */
function phraseComparison(rules: readonly LexiconRule[]): (to: string) => boolean {
	const parts = (text: string) => text.normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
	const phrases = rules.map(({ from }) => parts(from)).filter(({ length }) => length >= 2);
	const heads = new Set<string>();
	const tails = new Set<string>();
	for (const phrase of phrases) {
		for (let length = 1; length < Math.min(phrase.length, mostWordsAlike + 1); length++) {
			heads.add(phrase.slice(0, length).join(" "));
			tails.add(phrase.slice(-length).join(" "));
		}
	}
	const all = phrases.map((phrase) => phrase.join(" ")).join("\n");
	return (to) => {
		const given = parts(to);
		// With nothing put in its place, the words on both sides become neighbours.
		if (given.length === 0) return phrases.length > 0;
		for (let length = 1; length <= Math.min(given.length, mostWordsAlike); length++) {
			if (heads.has(given.slice(-length).join(" "))) return true;
			if (tails.has(given.slice(0, length).join(" "))) return true;
		}
		return all.includes(given.join(" "));
	};
}
