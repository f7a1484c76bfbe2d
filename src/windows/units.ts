import { isUnspaced, wordsOf } from "../catalogue/words.ts";
import type { Segment, Span } from "../transcript.ts";

/**
 * The smallest part of a segment that can be cut off: a word; in scripts without spaces, where the
 * engine gave no words, a character.
 */
export type Unit = Span & {
	/** What is compared: without case, accents and punctuation. Empty for bare punctuation. */
	key: string;
	/** Where it begins in the segment's text; null for words that are not found there. */
	offset: number | null;
};

/** Words lie in their segment's text one after the other, with no more than punctuation between them. */
const furthestAhead = 64;

/** Per second, of somebody who speaks very fast. */
const fastestWords = 6;
const fastestCharacters = 12;

/** Times without words are not exact, and a word that is cut off counts as one. */
const reactionSeconds = 0.3;

/** Quotes and brackets that open belong to what follows them. */
const opening = /[\p{Ps}\p{Pi}"¿¡]/u;

/**
 * The units of a segment, in order. Where the engine gave no word times, they are spread evenly over
 * the segment: a guess that serves for finding the place, and is never told as a word's time.
 */
export function unitsOf(segment: Segment): Unit[] {
	return segment.words.length > 0 ? wordUnits(segment) : textUnits(segment);
}

/** The middle, by which a unit belongs to one side of a cut. */
export function middleOf({ startSeconds, endSeconds }: Span): number {
	return (startSeconds + endSeconds) / 2;
}

/**
 * How many units can be said in so many seconds, at most: how far texts that overlap for so long are
 * compared. More would only find likenesses that are none.
 */
export function unitsWithin(seconds: number, like: Unit | undefined): number {
	const perSecond = like && isUnspaced(like.key) ? fastestCharacters : fastestWords;
	return Math.ceil((Math.max(0, seconds) + reactionSeconds) * perSecond);
}

function wordUnits({ text, words }: Segment): Unit[] {
	const lower = text.toLowerCase();
	let at: number | null = lower.length === text.length ? 0 : null;
	let isPartial: boolean | null = null;
	return words.map(({ text: word, startSeconds, endSeconds }) => {
		let offset: number | null = null;
		if (at !== null) {
			const found = lower.indexOf(word.trim().toLowerCase(), at);
			// One that is missing makes all that follow doubtful: then the words speak for the text.
			if (found < 0 || found > at + furthestAhead) {
				// Where they say less than the text, it stays whole: what is unclear goes to the next word.
				isPartial ??= saysLess(words, text);
				if (isPartial) offset = at;
				else at = null;
			} else {
				offset = afterSpace(text, found, at);
				at = found + word.trim().length;
			}
		}
		return { startSeconds, endSeconds, key: keyOf(word), offset };
	});
}

function saysLess(words: Segment["words"], text: string): boolean {
	return wordsOf(words.map((word) => word.text).join(" ")).length < wordsOf(text).length;
}

function textUnits({ text, startSeconds, endSeconds }: Segment): Unit[] {
	const perCharacter = (endSeconds - startSeconds) / Math.max(1, text.length);
	return piecesOf(text).map(({ piece, offset }) => ({
		startSeconds: startSeconds + offset * perCharacter,
		endSeconds: startSeconds + (offset + piece.length) * perCharacter,
		key: keyOf(piece),
		offset,
	}));
}

/** Runs between white space, taken apart further where a script does without. */
function piecesOf(text: string): { piece: string; offset: number }[] {
	const pieces: { piece: string; offset: number }[] = [];
	for (const match of text.matchAll(/\S+/gu)) {
		const [run] = match;
		if (!isUnspaced(run)) {
			pieces.push({ piece: run, offset: match.index });
			continue;
		}
		let offset = match.index;
		let open = false;
		for (const character of run) {
			const last = pieces.at(-1);
			const joins = open && !isUnspaced(character);
			if (joins && last) last.piece += character;
			else pieces.push({ piece: character, offset });
			open = true;
			offset += character.length;
		}
	}
	return pieces;
}

function keyOf(text: string): string {
	return wordsOf(text).join("");
}

/** Where the word at `found` begins together with what opens before it. */
function afterSpace(text: string, found: number, earliest: number): number {
	let start = found;
	while (start > earliest && opening.test(text.charAt(start - 1))) start--;
	return start;
}
