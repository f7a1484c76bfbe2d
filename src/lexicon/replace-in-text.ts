import type { Match } from "./lexicon.ts";
import type { Range } from "./locate.ts";

/**
 * What a stretch of the text becomes. A match belongs to the stretch in which it starts: what
 * reaches in from the left is left out here, what reaches out to the right is here in full.
 */
export function replaceIn(text: string, range: Range, matches: readonly Match[]): string {
	let result = "";
	let at = range.start;
	for (const match of matches) {
		if (match.end <= range.start) continue;
		if (match.start >= range.end) break;
		if (match.start >= range.start) {
			result += text.slice(at, match.start) + match.replacement;
		}
		at = Math.max(at, match.end);
	}
	return at < range.end ? result + text.slice(at, range.end) : result;
}
