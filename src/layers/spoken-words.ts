/** A word as it is spoken, and where it stands in its text with the punctuation that goes with it. */
export type SpokenWord = {
	/** What has to be equal for two words to be the same: no case, no punctuation, composed. */
	key: string;
	/** UTF-16 offsets; white space is in no word. */
	start: number;
	end: number;
	/** One letter of a script that is written without spaces. */
	isUnspaced: boolean;
};

const unspaced =
	"\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const spacedRun = `(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}])+`;
/** `don't` is one word, `well-known` two; a letter of a script without spaces is one. */
const spoken = new RegExp(`[${unspaced}]\\p{M}*|${spacedRun}(?:['’]${spacedRun})*`, "gu");
const unspacedStart = new RegExp(`^[${unspaced}]`, "u");

/**
 * Cuts a text into what is spoken. Punctuation goes with the word before it, opening marks with
 * the word after, so that the pieces hold all of the text but white space. A text without any word
 * (`…`) is one piece with an empty key.
 */
export function spokenWords(text: string): SpokenWord[] {
	const words: SpokenWord[] = [];
	let start = text.length - text.trimStart().length;
	for (const { 0: word, index } of text.matchAll(spoken)) {
		const before = words.at(-1);
		if (before) {
			const between = text.slice(before.end, index);
			const lastSpace = lastWhiteSpace(between);
			start = lastSpace === -1 ? index : before.end + lastSpace + 1;
			before.end = before.end + between.slice(0, start - before.end).trimEnd().length;
		}
		const isUnspaced = unspacedStart.test(word);
		words.push({ key: keyOf(word), start, end: index + word.length, isUnspaced });
	}
	const end = text.trimEnd().length;
	const last = words.at(-1);
	if (last) last.end = Math.max(last.end, end);
	else if (end > start) words.push({ key: "", start, end, isUnspaced: false });
	return words;
}

/**
 * What stands between white space, told apart by every character: capitals and punctuation count.
 * In scripts without spaces each letter is by itself.
 */
export function writtenWords(text: string): SpokenWord[] {
	const words: SpokenWord[] = [];
	for (const { start, end, isUnspaced } of spokenWords(text)) {
		const before = words.at(-1);
		if (before?.end === start && !before.isUnspaced && !isUnspaced) before.end = end;
		else words.push({ key: "", start, end, isUnspaced });
	}
	return words.map((word) => ({ ...word, key: text.slice(word.start, word.end) }));
}

function keyOf(word: string): string {
	return word.normalize("NFC").toLowerCase().normalize("NFC").replaceAll("’", "'");
}

function lastWhiteSpace(text: string): number {
	for (let at = text.length - 1; at >= 0; at--) if (/\s/.test(text.charAt(at))) return at;
	return -1;
}
