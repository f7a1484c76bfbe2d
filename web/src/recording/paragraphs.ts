import type { TranscriptJson } from "../../../src/server/contract/transcript.ts";

/** A transcript cut for reading: whatever lengths an engine's segments have, a paragraph is a page's. */

export type SaidWord = {
	text: string;
	startSeconds: number;
	endSeconds: number;
	provenance?: readonly { original: string; lexicon: string; version: number; rule: string }[];
};

export type SaidSegment = {
	text: string;
	startSeconds: number;
	endSeconds: number;
	words: readonly SaidWord[];
	speaker?: string | null | undefined;
};

/** A word and what stands around it that is no word's: the text is all pieces, one after the other. */
export type Piece = { before: string; word: SaidWord; after: string };

export type Paragraph = {
	/** Place among all paragraphs, and of its first word among all words. */
	index: number;
	firstWord: number;
	startSeconds: number;
	endSeconds: number;
	/** Null where speakers were not told apart. */
	speaker: string | null;
	/** Whether somebody else spoke before. */
	isNewSpeaker: boolean;
	/** Empty where the engine gave no times of words; then there is only the text. */
	pieces: Piece[];
	text: string;
};

const wantedWords = 40;
const mostWords = 110;
const pauseSeconds = 0.8;
const longSegmentCharacters = 900;

/** Short segments of one speaker are joined, long ones are cut where somebody pauses. */
export function paragraphsOf(segments: readonly SaidSegment[]): Paragraph[] {
	const paragraphs: Paragraph[] = [];
	let words = 0;
	let open: Paragraph | null = null;
	const begin = (segment: SaidSegment, startSeconds: number): Paragraph => {
		const speaker = segment.speaker ?? null;
		const paragraph: Paragraph = {
			index: paragraphs.length,
			firstWord: words,
			startSeconds,
			endSeconds: startSeconds,
			speaker,
			isNewSpeaker: speaker !== null && paragraphs.at(-1)?.speaker !== speaker,
			pieces: [],
			text: "",
		};
		paragraphs.push(paragraph);
		return paragraph;
	};
	for (const segment of segments) {
		const speaker = segment.speaker ?? null;
		const pieces = piecesOf(segment);
		if (pieces === null) {
			for (const part of plainParts(segment)) {
				const paragraph = begin(segment, part.startSeconds);
				paragraph.text = part.text;
				paragraph.endSeconds = part.endSeconds;
			}
			open = null;
			continue;
		}
		for (const [place, piece] of pieces.entries()) {
			const { word, after } = piece;
			const last: SaidWord | null = open?.pieces.at(-1)?.word ?? null;
			const pause = last === null ? 0 : word.startSeconds - last.endSeconds;
			if (open !== null && isFull(open, speaker, pause, place === 0, last)) open = null;
			open ??= begin(segment, word.startSeconds);
			const isFirst = open.pieces.length === 0;
			const own = isFirst || place === 0 ? piece.before.trimStart() : piece.before;
			const before = place === 0 && !isFirst ? joint(last, word) + own : own;
			open.pieces.push({ before, word, after });
			open.text += before + word.text + after;
			open.endSeconds = Math.max(open.endSeconds, word.endSeconds);
			words += 1;
		}
	}
	return paragraphs;
}

function isFull(
	open: Paragraph,
	speaker: string | null,
	pause: number,
	isSegmentStart: boolean,
	last: SaidWord | null,
): boolean {
	if (open.speaker !== speaker) return true;
	const length = open.pieces.length;
	if (length >= mostWords) return true;
	if (pause > 4) return true;
	const ends = isSegmentStart || /[.?!。？！…]["»”’)]*$/u.test(last?.text ?? "");
	if (pause > pauseSeconds && length >= 8 && ends) return true;
	return length >= wantedWords && (ends || pause > pauseSeconds);
}

/** Words of two segments stand apart, but where the script sets none apart. */
function joint(last: SaidWord | null, word: SaidWord): string {
	const noSpaces = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}。、]/u;
	return last !== null && noSpaces.test(last.text.slice(-1)) && noSpaces.test(word.text.charAt(0))
		? ""
		: " ";
}

/** Null where the segment has no words with times. What stands between words is the segment's own. */
function piecesOf({ text, words }: SaidSegment): Piece[] | null {
	if (words.length === 0) return null;
	let at = 0;
	const pieces: Piece[] = [];
	for (const word of words) {
		const found = text.indexOf(word.text, at);
		// Never far ahead: a word that the text does not have must not swallow what follows.
		const between = found === -1 ? null : text.slice(at, found);
		if (between !== null && between.length < 24) {
			pieces.push({ before: between, word, after: "" });
			at = found + word.text.length;
		} else pieces.push({ before: pieces.length === 0 ? "" : " ", word, after: "" });
	}
	const last = pieces.at(-1);
	const rest = text.slice(at).trimEnd();
	if (last && text.endsWith(last.word.text + text.slice(at)) && rest.length < 24) last.after = rest;
	return pieces;
}

/** A segment without words, in parts that can be read; their times are shared out by their lengths. */
function plainParts({ text, startSeconds, endSeconds }: SaidSegment) {
	const parts: { text: string; startSeconds: number; endSeconds: number }[] = [];
	const whole = text.trim();
	if (whole === "") return parts;
	const secondsPerCharacter = (endSeconds - startSeconds) / whole.length;
	let from = 0;
	while (from < whole.length) {
		let to = Math.min(whole.length, from + longSegmentCharacters);
		const line = whole.indexOf("\n\n", from);
		if (line !== -1 && line < to) to = line + 2;
		else if (to < whole.length) {
			const sentence = whole.lastIndexOf(". ", to);
			const space = whole.lastIndexOf(" ", to);
			if (sentence > from + longSegmentCharacters / 2) to = sentence + 2;
			else if (space > from) to = space + 1;
		}
		parts.push({
			text: whole.slice(from, to).trim(),
			startSeconds: startSeconds + from * secondsPerCharacter,
			endSeconds: startSeconds + to * secondsPerCharacter,
		});
		from = to;
	}
	return parts.filter((part) => part.text !== "");
}

/** Where the engine gave no times there is one segment of nothing but text. */
export function shownParagraphs(
	transcript: Pick<TranscriptJson, "text" | "segments"> | null,
): Paragraph[] {
	if (transcript === null) return [];
	if (transcript.segments.length > 0) return paragraphsOf(transcript.segments);
	const { text } = transcript;
	return paragraphsOf([{ text, startSeconds: 0, endSeconds: 0, words: [] }]);
}
