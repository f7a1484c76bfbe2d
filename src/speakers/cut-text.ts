/** How far a word may be from where it is looked for: punctuation and a word left out. */
const reach = 64;

/** What opens belongs to the word after it. */
const opening = /[\p{Ps}\p{Pi}¿¡"'\u002d–—]/u;

/**
 * Cuts a text in front of the first word of each group but the first one. Case is passed over, and
 * so are punctuation and what no word stands for; white space at a cut goes. Null where the first
 * word of a group cannot be found.
 */
export function cutText(text: string, groups: readonly (readonly string[])[]): string[] | null {
	const folded = sameLengthLower(text);
	const cuts: number[] = [0];
	let from = 0;
	for (const [group, words] of groups.entries()) {
		for (const [index, word] of words.entries()) {
			const isFirst = group > 0 && index === 0;
			const piece = sameLengthLower(word.trim());
			const at = piece === "" ? -1 : folded.indexOf(piece, from);
			const isFound = at >= 0 && at - from <= reach;
			if (isFound) from = at + piece.length;
			if (!isFirst) continue;
			if (!isFound) return null;
			cuts.push(withOpening(text, at, cuts.at(-1) ?? 0));
		}
	}
	const pieces = cuts.map((start, i) => text.slice(start, cuts[i + 1] ?? text.length).trim());
	return pieces.includes("") ? null : pieces;
}

/** Offsets in what it gives are offsets in the text: few letters change their length. */
function sameLengthLower(text: string): string {
	const lower = text.toLowerCase();
	return lower.length === text.length ? lower : text;
}

/** Only after white space: else it closes what was said before. */
function withOpening(text: string, at: number, earliest: number): number {
	let start = at;
	while (start > earliest && opening.test(text.charAt(start - 1))) start -= 1;
	return start === earliest || /\s/.test(text.charAt(start - 1)) ? start : at;
}
