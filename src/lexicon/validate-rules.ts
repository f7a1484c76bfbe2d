import { applyLexicon } from "./apply-lexicon.ts";
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

/** All that is wrong or doubtful with a list of rules, in their order. */
export function validateRules(rules: readonly LexiconRule[]): RuleProblem[] {
	const errors: RuleProblem[] = [];
	if (rules.length > mostRules) {
		const message = `there are ${rules.length} rules; at most ${mostRules} are read`;
		errors.push({ ruleIndex: mostRules, severity: "error", message });
	}
	for (const [ruleIndex, rule] of rules.entries()) {
		const message = errorOf(rule);
		if (message) errors.push({ ruleIndex, severity: "error", message });
	}
	return errors.length > 0 ? errors : warningsOf(rules);
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

function warningsOf(rules: readonly LexiconRule[]): RuleProblem[] {
	const warnings: RuleProblem[] = [];
	const seen = new Map<string, number>();
	const words = rules.filter(({ kind }) => kind === "words");
	const lexicon = { format: 1 as const, name: "rules", version: 1, rules: words };
	for (const [ruleIndex, rule] of rules.entries()) {
		const warn = (message: string) => warnings.push({ ruleIndex, severity: "warning", message });
		const same = `${rule.kind}\n${rule.caseSensitive ? rule.from : rule.from.toLowerCase()}`;
		const earlier = seen.get(same);
		if (earlier !== undefined) warn(`rule ${earlier + 1} has the same from and always wins`);
		else seen.set(same, ruleIndex);
		if (rule.kind === "regex") continue;
		// What comes out must not be changed again, or applying twice would differ from once.
		const again = applyLexicon(lexicon, { text: rule.to, segments: [] }, { regexTimeLimitMs: 1 });
		if (again.text !== rule.to) {
			warn(`what it gives ("${rule.to}") would be changed again if the lexicon were applied twice`);
		} else if (words.some((other) => beginsOrEndsAlike(rule, other))) {
			warn(`what it gives ("${rule.to}") may form another rule's phrase with the words around it`);
		}
	}
	return warnings;
}

/** True when the output ends with the beginning of a phrase, or begins with the end of one. */
function beginsOrEndsAlike(rule: LexiconRule, other: LexiconRule): boolean {
	const parts = (text: string) => text.normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
	const phrase = parts(other.from);
	const given = parts(rule.to);
	if (phrase.length < 2) return false;
	// With nothing put in its place, the words on both sides become neighbours.
	if (given.length === 0) return true;
	for (let length = 1; length < phrase.length; length++) {
		const head = phrase.slice(0, length).join(" ");
		const tail = phrase.slice(-length).join(" ");
		if (given.slice(-length).join(" ") === head || given.slice(0, length).join(" ") === tail)
			return true;
	}
	return phrase.join(" ").includes(given.join(" "));
}
