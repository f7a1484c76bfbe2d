import { spokenWords } from "./spoken-words.ts";
import { differencesOf } from "./word-alignment.ts";

/** How many words of a first text a second one has otherwise. */
export type WordErrors = {
	/** Words of the first text. */
	words: number;
	substitutions: number;
	/** Words that only the first text has. */
	deletions: number;
	/** Words that only the second text has. */
	insertions: number;
	/** All three by the words of the first text; null where that one has none. May be above 1. */
	rate: number | null;
};

/**
 * The word error rate of `after`, taking `before` for what was said. Case, punctuation and the ways
 * in which Unicode spells a letter do not count; in scripts without spaces each letter is a word.
 */
export function wordErrors(before: string, after: string): WordErrors {
	const said = keysOf(before);
	let [substitutions, deletions, insertions] = [0, 0, 0];
	// In a smallest alignment no stretch has both a deletion and an insertion: they are a substitution.
	for (const { aStart, aEnd, bStart, bEnd } of differencesOf(said, keysOf(after))) {
		const [left, right] = [aEnd - aStart, bEnd - bStart];
		substitutions += Math.min(left, right);
		deletions += Math.max(0, left - right);
		insertions += Math.max(0, right - left);
	}
	const errors = substitutions + deletions + insertions;
	const words = said.length;
	return { words, substitutions, deletions, insertions, rate: words === 0 ? null : errors / words };
}

function keysOf(text: string): string[] {
	return spokenWords(text)
		.map(({ key }) => key)
		.filter((key) => key !== "");
}
