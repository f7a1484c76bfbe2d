const unspaced =
	"\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";

/** A letter of a script that is written without spaces between words. */
export const unspacedLetter = new RegExp(`[${unspaced}]`, "u");

/** What is spoken: a word of a script with spaces, or one letter (with its marks) of one without. */
export const spokenUnit = new RegExp(
	`[${unspaced}]\\p{M}*|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])+`,
	"gu",
);

const wide =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\p{Extended_Pictographic}]/u;

let graphemes: Intl.Segmenter | null = null;

/** The characters that a person sees. */
export function graphemesOf(text: string): string[] {
	graphemes ??= new Intl.Segmenter("en");
	return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Columns that a text takes on a screen: two for each character of East Asian width. */
export function columnsOf(text: string): number {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there
	if (/^[\u0000-\u007f]*$/.test(text)) return text.length;
	return graphemesOf(text).reduce((sum, grapheme) => sum + (wide.test(grapheme) ? 2 : 1), 0);
}
