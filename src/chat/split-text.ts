/** Where a text may be cut, the best places first; each matches up to where the cut goes. */
const places = [/\n+/g, /[.!?…。！？]["'”’»)\]]*\s+|[。！？]/g, /\s+/g];

/**
 * A text in pieces of at most so many characters, cut between paragraphs, else between sentences,
 * else between words. The pieces one after the other are the text, exactly.
 */
export function splitText(text: string, maxCharacters: number): string[] {
	const pieces: string[] = [];
	let rest = text;
	while (rest.length > maxCharacters) {
		const at = cutWithin(rest, maxCharacters);
		pieces.push(rest.slice(0, at));
		rest = rest.slice(at);
	}
	if (rest !== "") pieces.push(rest);
	return pieces;
}

/** In the latter half, so that pieces do not become many and small. */
function cutWithin(text: string, maxCharacters: number): number {
	const head = text.slice(0, maxCharacters);
	// With the next character: a full stop at the very end is the end of a sentence before a space.
	const seen = text.slice(0, maxCharacters + 1);
	for (const place of places) {
		const ends = [...seen.matchAll(place)].flatMap(({ index, 0: found }) => {
			const fits = index + found.trimEnd().length <= maxCharacters;
			return fits ? [Math.min(index + found.length, maxCharacters)] : [];
		});
		const last = ends.at(-1) ?? 0;
		if (last > maxCharacters / 2) return last;
	}
	// Never between the two halves of one character.
	const isHighHalf = /[\ud800-\udbff]$/.test(head);
	return isHighHalf && maxCharacters > 1 ? maxCharacters - 1 : maxCharacters;
}
