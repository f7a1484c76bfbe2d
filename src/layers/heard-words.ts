import type { Segment, Span } from "../transcript.ts";
import { spokenWords } from "./spoken-words.ts";

/** One spoken word of a transcript's segments, and when it is heard. */
export type HeardWord = Span & {
	key: string;
	segmentIndex: number;
	/** Place in the segment's words; null where the engine gave none. */
	wordIndex: number | null;
};

/** What is heard when. What an engine timed as one shares its time by length. */
export function heardWords(segments: readonly Segment[]): HeardWord[] {
	return segments.flatMap((segment, segmentIndex) => {
		const timed = segment.words.length > 0 ? segment.words : [segment];
		return timed.flatMap((word, wordIndex): HeardWord[] => {
			const spoken = spokenWords(word.text);
			const spans = sharedTime(
				word,
				spoken.map(({ start, end }) => end - start),
			);
			return spoken.map(({ key }, index) => ({
				...(spans[index] as Span),
				...{ key, segmentIndex },
				wordIndex: segment.words.length > 0 ? wordIndex : null,
			}));
		});
	});
}

/** A time shared among parts by their lengths; the last part ends where the whole does. */
export function sharedTime({ startSeconds, endSeconds }: Span, lengths: readonly number[]): Span[] {
	const total = lengths.reduce((sum, length) => sum + length, 0);
	let done = 0;
	let now = startSeconds;
	return lengths.map((length) => {
		done += length;
		const from = now;
		now = done >= total ? endSeconds : startSeconds + ((endSeconds - startSeconds) * done) / total;
		return { startSeconds: from, endSeconds: now };
	});
}
