import { createContext, Script } from "node:vm";
import { OnwaxError } from "../errors.ts";
import type { LexiconRule, Match } from "./lexicon.ts";

/** How many times longer the second try may take. */
const patience = 5;

/** What is left of the time that all regular expressions may take for one text. */
export type RegexTime = {
	/** For the first try of each. */
	limitMs: number;
	totalMs: number;
	/** Goes down with each try. */
	leftMs: number;
};

/** One match as it comes out of the limited run: `[index, whole, ...groups]`, then the named groups. */
type RawMatch = { index: number; groups: (string | undefined)[]; named: Record<string, string> };

// The pattern is data in there, never code: the context only serves to interrupt it.
const search = new Script(`(() => {
	const found = [];
	const regex = new RegExp(pattern, flags);
	for (const match of text.matchAll(regex)) {
		found.push({ index: match.index, groups: [...match], named: { ...match.groups } });
	}
	return JSON.stringify(found);
})()`);

let context: { pattern: string; flags: string; text: string } | null = null;

export function regexFlags(rule: LexiconRule): string {
	return rule.caseSensitive === false ? "giu" : "gu";
}

/**
 * Every match of one regular expression in an NFC text, found within a time limit: V8 looks for
 * an interruption whenever its matcher backtracks, so that a catastrophic pattern really stops.
 * The limit is wall time: a second try, with more of it, keeps a machine that was asleep or very
 * busy from giving another text than an idle one. Many expressions that each stay below it are
 * stopped by the total.
 *
 * @throws ERR_LEXICON for a pattern that is not valid, or took too long twice, and where the total is used up
 */
export function findRegexMatches(
	rule: LexiconRule,
	ruleIndex: number,
	text: string,
	time: RegexTime,
): Match[] {
	const found =
		runLimited(rule, text, time.limitMs, time) ??
		runLimited(rule, text, time.limitMs * patience, time);
	if (found === null) {
		throw new OnwaxError(
			"ERR_LEXICON",
			time.leftMs < 1
				? `The regular expressions took longer than ${time.totalMs} ms together; the last one was ${shown(rule)}.`
				: `The regular expression ${shown(rule)} took longer than ${time.limitMs} ms.`,
			{
				hint: "Make it simpler: a repetition inside a repetition, as in (a+)+, is the usual reason.",
			},
		);
	}
	return found
		.filter(({ groups }) => groups[0] !== "")
		.map(({ index, groups, named }) => ({
			start: index,
			end: index + (groups[0] ?? "").length,
			replacement: expand(rule.to, groups, named),
			ruleIndex,
		}));
}

/** Null when the time was over. */
function runLimited(
	rule: LexiconRule,
	text: string,
	tryMs: number,
	time: RegexTime,
): RawMatch[] | null {
	const timeout = Math.floor(Math.min(tryMs, time.leftMs));
	if (timeout < 1) return null;
	const begunMs = performance.now();
	context ??= createContext({ pattern: "", flags: "", text: "" }) as NonNullable<typeof context>;
	Object.assign(context, { pattern: rule.from.normalize("NFC"), flags: regexFlags(rule), text });
	try {
		return JSON.parse(search.runInContext(context, { timeout })) as RawMatch[];
	} catch (error) {
		// Errors of another context are instances of no class of this one: read them by their fields.
		const { code, name, message } = error as { code?: string; name?: string; message?: string };
		if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return null;
		throw new OnwaxError(
			"ERR_LEXICON",
			name === "SyntaxError"
				? `The regular expression ${shown(rule)} is not valid: ${message}.`
				: `The regular expression ${shown(rule)} cannot be run: ${message}.`,
			{ hint: "Correct the rule, or take it out of the lexicon." },
		);
	} finally {
		time.leftMs -= performance.now() - begunMs;
		Object.assign(context, { pattern: "", flags: "", text: "" });
	}
}

/** `$1` … `$99`, `$<name>`, `$&` and `$$`, as `String.prototype.replace` reads them. */
function expand(to: string, groups: (string | undefined)[], named: Record<string, string>): string {
	return to.replace(/\$(?:(\$)|(&)|(\d{1,2})|<([^>]*)>)/g, (as, dollar, whole, number, name) => {
		if (dollar) return "$";
		if (whole) return groups[0] ?? "";
		if (name !== undefined) return named[name] ?? "";
		const two = Number(number);
		if (two >= 1 && two < groups.length) return groups[two] ?? "";
		const one = Number(number[0]);
		const isOne = number.length === 2 && one >= 1 && one < groups.length;
		return isOne ? `${groups[one] ?? ""}${number[1]}` : as;
	});
}

function shown(rule: LexiconRule): string {
	return rule.from.length > 80 ? `/${rule.from.slice(0, 79)}…/` : `/${rule.from}/`;
}
