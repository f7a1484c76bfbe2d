import { wordsOf } from "../catalogue/words.ts";
import { bestPath } from "./best-path.ts";

/** However long texts are, comparing them takes no longer than this allows. */
const mostWords = 1000;

/**
 * True where a second answer is to be preferred to a first one about the same stretch: it has more words, and
 * either at least half of the first one's among them, or twice as many.
 */
export function saysMore(second: string, first: string): boolean {
	const before = wordsOf(first);
	const after = wordsOf(second);
	if (after.length <= before.length) return false;
	if (after.length >= 2 * before.length) return true;
	if (after.length > mostWords) return false;
	const { pairs } = bestPath(before.length, after.length, {
		worth: (i, j) => (before[i] === after[j] ? 1 : null),
		skipped: 0,
	});
	return pairs.length * 2 >= before.length;
}
