import { OnwaxError } from "../errors.ts";
import type { Lexicon, LexiconRule } from "./lexicon.ts";
import { ruleErrors } from "./validate-rules.ts";

/** Names of lexicons are names of files: no dots, so that a version's file can be told apart. */
const lexiconName = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]{0,63}$/u;

/** @throws ERR_LEXICON for a name that cannot be a lexicon's */
export function checkLexiconName(name: string): void {
	if (lexiconName.test(name)) return;
	throw new OnwaxError("ERR_LEXICON", `"${name.slice(0, 80)}" cannot be the name of a lexicon.`, {
		hint: "Use letters, digits, - and _, at most 64 of them.",
	});
}

/** @throws ERR_LEXICON that names every rule with an error */
export function checkRules(rules: readonly LexiconRule[]): void {
	const errors = ruleErrors(rules);
	if (errors.length === 0) return;
	const lines = errors.map(({ ruleIndex, message }) => `rule ${ruleIndex + 1}: ${message}`);
	throw new OnwaxError("ERR_LEXICON", `The lexicon has errors: ${lines.join("; ")}.`, {
		hint: "Correct these rules; the others are fine.",
	});
}

export function serialiseLexicon(lexicon: Lexicon): string {
	return `${JSON.stringify(lexicon, null, "\t")}\n`;
}

/** @throws ERR_LEXICON that says what is not as docs/lexicon.md describes; ERR_FORMAT_TOO_NEW */
export function parseLexicon(text: string): Lexicon {
	const value = parseJson(text);
	if (typeof value !== "object" || value === null) throw unreadable("it is not a JSON object");
	const { format, name, version, restoredFrom, rules } = value as Record<string, unknown>;
	if (typeof format === "number" && format > 1) {
		throw new OnwaxError("ERR_FORMAT_TOO_NEW", `The lexicon has format ${format}.`, {
			hint: "It was written by a newer Onwax: update this one.",
		});
	}
	if (format !== 1) throw unreadable("format is not 1");
	if (typeof name !== "string") throw unreadable("name is not a text");
	checkLexiconName(name);
	if (!isVersion(version)) throw unreadable("version is not a whole number from 1");
	if (restoredFrom !== undefined && !isVersion(restoredFrom)) {
		throw unreadable("restoredFrom is not a version");
	}
	if (!Array.isArray(rules)) throw unreadable("rules is not a list");
	const parsed = rules.map(parseRule);
	checkRules(parsed);
	return { format: 1, name, version, ...(restoredFrom ? { restoredFrom } : {}), rules: parsed };
}

function isVersion(value: unknown): value is number {
	return Number.isSafeInteger(value) && Number(value) >= 1;
}

function parseRule(value: unknown, index: number): LexiconRule {
	const rule = (typeof value === "object" && value !== null ? value : {}) as Record<
		string,
		unknown
	>;
	const { from, to, kind = "words", caseSensitive } = rule;
	const wrong = (what: string) => unreadable(`rule ${index + 1}: ${what}`);
	if (typeof from !== "string" || typeof to !== "string")
		throw wrong("from and to have to be texts");
	if (kind !== "words" && kind !== "regex") throw wrong('kind has to be "words" or "regex"');
	if (caseSensitive === undefined) return { from, to, kind };
	if (typeof caseSensitive !== "boolean") throw wrong("caseSensitive has to be true or false");
	return { from, to, kind, caseSensitive };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw unreadable(error instanceof Error ? error.message : "it is not JSON");
	}
}

function unreadable(reason: string): OnwaxError {
	return new OnwaxError("ERR_LEXICON", `The lexicon cannot be read: ${reason}.`, {
		hint: "docs/lexicon.md shows what a lexicon's file looks like.",
	});
}
