import type { Segment } from "../transcript.ts";
import { heardWords } from "./heard-words.ts";
import { type SpokenWord, spokenWords, writtenWords } from "./spoken-words.ts";
import { differencesOf } from "./word-alignment.ts";

/** One place where two texts differ, with a few words of the second one on either side. */
export type TextChange = {
	context: string;
	removed: string;
	added: string;
	following: string;
	/** When it is heard; null where neither text has times. */
	startSeconds: number | null;
};

export type TimedText = { text: string; segments: readonly Segment[] };

const wordsAround = 3;

/**
 * Where `after` says something else than `before`, in as few words as possible.
 *
 * @param isExact whether capitals and punctuation count
 */
export function textChanges(before: TimedText, after: TimedText, isExact: boolean): TextChange[] {
	const cut = isExact ? writtenWords : spokenWords;
	const old = cut(before.text);
	const now = cut(after.text);
	const differences = differencesOf(keysOf(old), keysOf(now));
	if (differences.length === 0) return [];
	const [oldTimes, newTimes] = [startsOf(before), startsOf(after)];
	const heard = (words: readonly SpokenWord[], times: ReadonlyMap<number, number>) =>
		words.map(({ start }) => times.get(start)).find((seconds) => seconds !== undefined);
	return differences.map(({ aStart, aEnd, bStart, bEnd }) => ({
		context: stretch(after.text, now, bStart - wordsAround, bStart),
		removed: stretch(before.text, old, aStart, aEnd),
		added: stretch(after.text, now, bStart, bEnd),
		following: stretch(after.text, now, bEnd, bEnd + wordsAround),
		startSeconds:
			heard(old.slice(aStart, aEnd), oldTimes) ??
			heard(now.slice(bStart, bEnd + 1), newTimes) ??
			heard(old.slice(aEnd, aEnd + 1), oldTimes) ??
			null,
	}));
}

function keysOf(words: readonly { key: string }[]): string[] {
	return words.map(({ key }) => key);
}

function stretch(text: string, words: readonly SpokenWord[], from: number, to: number): string {
	const [first, last] = [words[Math.max(0, from)], words[Math.min(to, words.length) - 1]];
	return first && last && first.start < last.end ? text.slice(first.start, last.end) : "";
}

/** When each word is heard, by its offset in the text; the segments' words may be others, or lack. */
function startsOf({ text, segments }: TimedText): Map<number, number> {
	const words = spokenWords(text);
	const heard = heardWords(segments);
	const starts = new Map<number, number>();
	let [inHeard, inWords] = [0, 0];
	const keep = (count: number) => {
		for (let index = 0; index < count; index++) {
			const [word, one] = [words[inWords + index], heard[inHeard + index]];
			if (word && one) starts.set(word.start, one.startSeconds);
		}
	};
	for (const { aStart, aEnd, bEnd } of differencesOf(keysOf(heard), keysOf(words))) {
		keep(aStart - inHeard);
		[inHeard, inWords] = [aEnd, bEnd];
	}
	keep(heard.length - inHeard);
	return starts;
}
