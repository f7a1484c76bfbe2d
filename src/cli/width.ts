/**
 * How many columns a terminal needs for a text. Wide characters are those of Unicode's East Asian
 * scripts and emoji (UAX #11, UTS #51), told by what JavaScript knows of them: scripts and emoji
 * properties. Escape sequences are not expected here: colour comes after measuring.
 */
const wide =
	/^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Bopomofo}|\p{Script=Yi}|\p{Emoji_Presentation}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6])/u;
const halfWidth = /^[\uff61-\uffdc]/;
const emojiSequence = /^\p{Emoji}.*[\ufe0f\u20e3]/u;
const noWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
/** Latin, Greek, Cyrillic and ordinary punctuation: most texts need no closer look, which is slow. */
const onlyNarrow = /^[ -~\u00a0-\u02ff\u0370-\u0482\u048a-\u0587\u2010-\u2027\u2030-\u205e]*$/;

let segmenter: Intl.Segmenter | null = null;

function graphemes(text: string): string[] {
	segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
	return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

export function displayWidth(text: string): number {
	if (onlyNarrow.test(text)) return text.length;
	return graphemes(text).reduce((width, grapheme) => width + widthOf(grapheme), 0);
}

/** Cut to `width` columns, with an ellipsis where something had to go. */
export function truncate(text: string, width: number): string {
	if (onlyNarrow.test(text)) {
		return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
	}
	if (displayWidth(text) <= width) return text;
	let used = 0;
	let kept = "";
	for (const grapheme of graphemes(text)) {
		used += widthOf(grapheme);
		if (used > width - 1) break;
		kept += grapheme;
	}
	return `${kept.trimEnd()}…`;
}

export function padEnd(text: string, width: number): string {
	return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
	return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Lines of at most `width` columns, broken at spaces; a word that is longer is broken anywhere. */
export function wrap(text: string, width: number): string[] {
	return text.split("\n").flatMap((line) => wrapLine(line, Math.max(8, width)));
}

function wrapLine(line: string, width: number): string[] {
	const lines: string[] = [];
	let current = "";
	let used = 0;
	for (const word of line.split(/(?<=\s)/)) {
		const needed = displayWidth(word.trimEnd());
		if (used > 0 && used + needed > width) {
			lines.push(current.trimEnd());
			current = "";
			used = 0;
		}
		if (needed <= width) {
			current += word;
			used += displayWidth(word);
			continue;
		}
		// Also where scripts without spaces make one long "word" of a sentence.
		for (const grapheme of graphemes(word)) {
			if (used + widthOf(grapheme) > width) {
				lines.push(current);
				current = "";
				used = 0;
			}
			current += grapheme;
			used += widthOf(grapheme);
		}
	}
	lines.push(current.trimEnd());
	return lines;
}

function widthOf(grapheme: string): number {
	if (noWidth.test(grapheme)) return 0;
	if (halfWidth.test(grapheme)) return 1;
	return wide.test(grapheme) || emojiSequence.test(grapheme) ? 2 : 1;
}
