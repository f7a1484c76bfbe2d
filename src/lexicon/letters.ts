/** What makes up words: letters, digits, marks that combine with them, and `_` as in names of code. */
export const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** Scripts written without spaces between words: there, where a word ends is for a dictionary to say. */
export const unspacedLetter =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Cuts a text into runs within which no word can begin: a word of a script with spaces, or any one character. */
export const wordRun = new RegExp(
	`(?:(?!${unspacedLetter.source})${wordCharacter.source})+|[^]`,
	"gu",
);

// One locale for all texts: the same text must give the same words on every machine.
let segmenter: Intl.Segmenter | null = null;

/**
 * Tells whether a word of an unspaced script begins or ends at an offset of `text`, as ICU's
 * dictionaries see it. The text is segmented at the first question only.
 */
export function dictionaryBoundaries(text: string): (offset: number) => boolean {
	let boundaries: Set<number> | null = null;
	return (offset) => {
		if (boundaries === null) {
			boundaries = new Set([text.length]);
			if (unspacedLetter.test(text)) {
				segmenter ??= new Intl.Segmenter("en", { granularity: "word" });
				for (const { index } of segmenter.segment(text)) boundaries.add(index);
			}
		}
		return boundaries.has(offset);
	};
}

/** The character (code point) that begins at an offset, or "" at the end. */
export function characterAt(text: string, offset: number): string {
	const codePoint = text.codePointAt(offset);
	return codePoint === undefined ? "" : String.fromCodePoint(codePoint);
}

/** The character that ends at an offset, or "" at the start. */
export function characterBefore(text: string, offset: number): string {
	if (offset <= 0) return "";
	const pair = offset >= 2 ? characterAt(text, offset - 2) : "";
	return pair.length === 2 ? pair : text.charAt(offset - 1);
}
