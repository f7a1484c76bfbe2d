import type { Segment } from "../transcript.ts";
import { characterBefore, unspacedLetter, wordCharacter } from "./letters.ts";

/** Where something lies in a text: UTF-16 offsets. */
export type Range = { start: number; end: number };

/** How far a word may be from where it is looked for; enough for punctuation and a word left out. */
const reach = 64;

/**
 * Where each segment lies in the whole text: white space between two belongs to the first, so that
 * the ranges cover all of it. Null when text and segments do not say the same, as with engines that
 * clean up one of them only.
 */
export function locateSegments(text: string, segments: readonly Segment[]): Range[] | null {
	const ranges: Range[] = [];
	let at = 0;
	for (const segment of segments) {
		const endOfText = endOfPiece(text, at, segment.text);
		if (endOfText === null) return null;
		const end = skipSpace(text, endOfText);
		ranges.push({ start: at, end });
		at = end;
	}
	return skipSpace(text, at) === text.length ? ranges : null;
}

/**
 * Where each word of a segment lies, in order, within the segment's range; null for a word that
 * is not found there. Engines leave punctuation and capitals out of their words: both are passed over.
 */
export function locateWords(text: string, range: Range, words: Segment["words"]): (Range | null)[] {
	let from = range.start;
	return words.map((word) => {
		const piece = word.text.trim();
		if (piece === "") return null;
		const last = Math.min(range.end, from + reach);
		for (let start = from; start < last; start++) {
			if (!mayStart(text, start)) continue;
			const end = endOfPiece(text, start, piece);
			if (end === null || end > range.end) continue;
			from = end;
			return { start, end };
		}
		return null;
	});
}

function mayStart(text: string, at: number): boolean {
	if (/\s/.test(text.charAt(at))) return false;
	const before = characterBefore(text, at);
	return !wordCharacter.test(before) || unspacedLetter.test(before) || /['’]/.test(text.charAt(at));
}

/** Where `piece`, beginning at `at`, ends in the text; white space and case aside. */
function endOfPiece(text: string, at: number, piece: string): number | null {
	let inText = at;
	for (let inPiece = 0; ; inPiece++, inText++) {
		inPiece = skipSpace(piece, inPiece);
		if (inPiece >= piece.length) return inText;
		inText = skipSpace(text, inText);
		const expected = piece.charAt(inPiece);
		const found = text.charAt(inText);
		if (expected !== found && expected.toLowerCase() !== found.toLowerCase()) return null;
		if (found === "") return null;
	}
}

function skipSpace(text: string, at: number): number {
	let next = at;
	while (next < text.length && /\s/.test(text.charAt(next))) next++;
	return next;
}
