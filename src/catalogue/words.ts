/** A word as it is looked up, and where it stands: UTF-16 offsets into the text. */
export type Token = { word: string; start: number; end: number };

const asciiOnly = /^[\0-\x7f]*$/;
const asciiWords = /[A-Za-z0-9]+/g;

/** Marks belong to words: without them the words of Hindi and others would fall apart. */
const anyWords = /[\p{L}\p{N}\p{M}\u200c\u200d]+/gu;

/** Scripts whose writing does not put spaces between words. */
const unspaced =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Tai_Tham}\p{Script=New_Tai_Lue}\p{Script=Javanese}\p{Script=Balinese}]/u;

let segmenter: Intl.Segmenter | null = null;

/**
 * The words of a text, in order. Text in a script without spaces is segmented by dictionary (ICU's,
 * through Intl.Segmenter); the same is done to a question, so that both meet.
 */
export function tokensOf(text: string): Token[] {
	const tokens: Token[] = [];
	if (asciiOnly.test(text)) {
		for (const match of text.matchAll(asciiWords)) {
			const [found] = match;
			tokens.push({
				word: found.toLowerCase(),
				start: match.index,
				end: match.index + found.length,
			});
		}
		return tokens;
	}
	for (const match of text.matchAll(anyWords)) {
		const [found] = match;
		if (unspaced.test(found)) addSegments(tokens, found, match.index);
		else add(tokens, found, match.index);
	}
	return tokens;
}

export function wordsOf(text: string): string[] {
	if (asciiOnly.test(text)) return text.toLowerCase().match(asciiWords) ?? [];
	return tokensOf(text).map((token) => token.word);
}

/** True where the words of such text are a dictionary's guess. */
export function isUnspaced(text: string): boolean {
	return unspaced.test(text);
}

function addSegments(tokens: Token[], run: string, offset: number): void {
	segmenter ??= new Intl.Segmenter("und", { granularity: "word" });
	for (const { segment, index } of segmenter.segment(run)) add(tokens, segment, offset + index);
}

function add(tokens: Token[], found: string, start: number): void {
	const word = fold(found);
	if (word !== "") tokens.push({ word, start, end: start + found.length });
}

/** Accents, vowel points and stretching that people leave out when they type a question. */
const optionalMarks =
	/[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200c\u200d]/g;

/** Letters that Unicode does not take apart, and how people type them. */
const typedAs: Record<string, string> = {
	ß: "ss",
	æ: "ae",
	œ: "oe",
	ø: "o",
	đ: "d",
	ð: "d",
	ł: "l",
	þ: "th",
	ı: "i",
	ς: "σ",
};
const typedDifferently = new RegExp(`[${Object.keys(typedAs).join("")}]`, "g");
const notOfAWord = /[^\p{L}\p{N}\p{M}]+/gu;

/**
 * One word without case, accents and compatibility forms: `Café`, `CAFE` and `ｃａｆｅ` are the same.
 * Composed and decomposed spellings meet here as well.
 */
export function fold(word: string): string {
	const lower = word.toLowerCase();
	if (asciiOnly.test(lower)) return lower;
	return lower
		.normalize("NFKD")
		.replace(optionalMarks, "")
		.normalize("NFC")
		.toLowerCase()
		.replace(typedDifferently, (letter) => typedAs[letter] ?? letter)
		.replace(notOfAWord, "");
}
