import { columnsOf, graphemesOf, unspacedLetter } from "./scripts.ts";
import type { TimedUnit } from "./timed-units.ts";

/** A piece of text that is never broken across lines. */
export type Token = {
	text: string;
	spaceBefore: boolean;
	startSeconds: number;
	endSeconds: number;
};

type Piece = { text: string; spaceBefore: boolean; start: number };

/**
 * Cuts a text where its lines may be broken: at spaces, between words of scripts without spaces,
 * and inside what is wider than a line. A piece takes the time of the units in it; one without
 * any (a dash, a note) takes the moment at which the one before it ended.
 */
export function timedTokens(
	text: string,
	units: readonly TimedUnit[],
	widestColumns: number,
): Token[] {
	let next = 0;
	let nowSeconds = units[0]?.startSeconds ?? 0;
	return piecesOf(text, widestColumns).map(({ text: piece, spaceBefore, start }) => {
		const end = start + piece.length;
		const first = next;
		while (next < units.length && (units[next]?.start ?? end) < end) next++;
		const inside = units.slice(first, next);
		const startSeconds = Math.max(nowSeconds, inside[0]?.startSeconds ?? nowSeconds);
		nowSeconds = Math.max(startSeconds, inside.at(-1)?.endSeconds ?? nowSeconds);
		return { text: piece, spaceBefore, startSeconds, endSeconds: nowSeconds };
	});
}

function piecesOf(text: string, widestColumns: number): Piece[] {
	return Array.from(text.matchAll(/\S+/g)).flatMap(({ 0: chunk, index }) => {
		const words = unspacedLetter.test(chunk) ? wordsOf(chunk) : [chunk];
		let start = index;
		return words
			.flatMap((word) => fitting(word, widestColumns))
			.map((piece) => {
				const at = start;
				start += piece.length;
				return { text: piece, spaceBefore: at === index, start: at };
			});
	});
}

let segmenter: Intl.Segmenter | null = null;
const opens = /^[\p{Ps}\p{Pi}]+$/u;

/** Words of a script without spaces; closing marks stay with the word before, opening ones with the next. */
function wordsOf(chunk: string): string[] {
	segmenter ??= new Intl.Segmenter("en", { granularity: "word" });
	const words: string[] = [];
	let opening = "";
	for (const { segment, isWordLike } of segmenter.segment(chunk)) {
		if (opens.test(segment)) opening += segment;
		else if (isWordLike || words.length === 0 || opening !== "") {
			words.push(opening + segment);
			opening = "";
		} else words.push((words.pop() ?? "") + segment);
	}
	return opening === "" ? words : [...words, opening];
}

function fitting(word: string, widestColumns: number): string[] {
	if (columnsOf(word) <= widestColumns) return [word];
	const pieces: string[] = [];
	let piece = "";
	for (const grapheme of graphemesOf(word)) {
		if (piece !== "" && columnsOf(piece + grapheme) > widestColumns) {
			pieces.push(piece);
			piece = "";
		}
		piece += grapheme;
	}
	return [...pieces, piece];
}

/** Tokens as one line of text. */
export function lineOf(tokens: readonly Token[]): string {
	return tokens
		.map(({ text, spaceBefore }, index) => (spaceBefore && index > 0 ? ` ${text}` : text))
		.join("");
}

const sentenceEnd = /[.!?…。！？]["'”’»)\]」』）]*$/u;
const clauseEnd = /[,;:、，；：–—]["'”’»)\]」』）]*$/u;

export function endsSentence(token: Token): boolean {
	return sentenceEnd.test(token.text);
}

export function endsClause(token: Token): boolean {
	return clauseEnd.test(token.text);
}
