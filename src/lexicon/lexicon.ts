/**
 * A Lexicon is a named, versioned list of corrections that always give the same result for the
 * same text (D3.6, U9). docs/lexicon.md says it for people.
 */
export type LexiconRule = {
	/** A word or phrase, or a regular expression in JavaScript's `u` syntax. */
	from: string;
	/** What takes its place; `$1`, `$<name>` and `$&` stand for groups where `kind` is `regex`. */
	to: string;
	kind: "words" | "regex";
	/** Default: false for words, true for a regex. */
	caseSensitive?: boolean;
};

export type Lexicon = {
	format: 1;
	/** Letters, digits, `-` and `_`. */
	name: string;
	/** Increases with each change. */
	version: number;
	/** The version whose rules these are again; left out where somebody wrote them. */
	restoredFrom?: number;
	rules: LexiconRule[];
};

/** Text that a rule replaces: UTF-16 offsets into the text that was searched. */
export type Match = { start: number; end: number; replacement: string; ruleIndex: number };

/**
 * One pass over the text: at the leftmost place where anything matches, the longest match wins,
 * then the earlier rule. What was replaced is not looked at again.
 */
export function chooseMatches(candidates: readonly Match[]): Match[] {
	const inOrder = [...candidates].sort(
		(a, b) => a.start - b.start || b.end - a.end || a.ruleIndex - b.ruleIndex,
	);
	const chosen: Match[] = [];
	let reached = 0;
	for (const match of inOrder) {
		if (match.start < reached) continue;
		chosen.push(match);
		reached = match.end;
	}
	return chosen;
}
