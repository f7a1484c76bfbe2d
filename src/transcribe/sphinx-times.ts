import type { RawSegment, RawWord } from "./raw-output.ts";

/** `country(2) 5.860 6.420 0.473555`: a word, when it began and ended, how sure the program is. */
const wordLine = /^(\S+) (\d+\.\d{3}) (\d+\.\d{3}) \d+\.\d+$/;
/** `<s>`, `<sil>`, `[NOISE]`, `++BREATH++`: what is no word. */
const filler = /^(<.*>|\[.*\]|\+\+.*\+\+)$/;
const begin = "<s>";

/**
 * What pocketsphinx prints with `-time yes`: each utterance as a line of text, then a line for each of
 * its words. Null where this is something else.
 */
export function readSphinxTimes(printed: string): RawSegment[] | null {
	const segments: RawSegment[] = [];
	let isSphinx = false;
	for (const line of printed.split(/\r?\n/)) {
		const parts = wordLine.exec(line);
		if (parts === null) {
			const said = { text: line.trim(), startSeconds: Number.NaN, endSeconds: Number.NaN };
			segments.push({ ...said, words: [] });
			continue;
		}
		const [, word = "", start, end] = parts;
		const last = segments.at(-1);
		if (last === undefined) return null;
		isSphinx ||= word === begin;
		if (!filler.test(word)) last.words.push(wordOf(word, Number(start), Number(end)));
	}
	return isSphinx ? segments.filter(({ text }) => text !== "") : null;
}

/** A number in brackets says which of several pronunciations it was. */
function wordOf(word: string, startSeconds: number, endSeconds: number): RawWord {
	return { text: word.replace(/\(\d+\)$/, ""), startSeconds, endSeconds };
}
