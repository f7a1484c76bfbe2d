import type { Provenance, Word } from "../transcript.ts";
import type { Lexicon, Match } from "./lexicon.ts";

/**
 * Where the words come from that take the place of a run of words: what earlier lexicons had done
 * to these, in order, and then each rule that did something here, with all that stood in the run.
 */
export function provenanceOf(
	run: readonly Word[],
	matches: readonly Match[],
	{ name, version, rules }: Lexicon,
): Provenance[] {
	const original = run.map(({ text }) => text).join(" ");
	const now = matches.map(({ ruleIndex }): Provenance => {
		return { original, lexicon: name, version, rule: rules[ruleIndex]?.from ?? "" };
	});
	return unique([...run.flatMap(({ provenance }) => provenance ?? []), ...now]);
}

/** Words that one rule made of one share their past: told once. */
function unique(all: readonly Provenance[]): Provenance[] {
	const seen = new Set<string>();
	return all.filter((one) => {
		const key = JSON.stringify([one.lexicon, one.version, one.rule, one.original]);
		return !seen.has(key) && seen.add(key);
	});
}
