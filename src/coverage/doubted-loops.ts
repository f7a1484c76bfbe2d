import type { Doubt, Segment, Span } from "../transcript.ts";
import { findLoops, loopWordsOf } from "./find-loops.ts";

/** A word of the whole recording, and the stretch in which it was said as far as that is known. */
type Placed = { key: string; segment: number; word: number | null };

/**
 * The loops among an output's words, across segments. Where a segment has no word times, the loop
 * lies somewhere in it: the doubt is then the segment's, whole, and each such segment's own.
 */
export function doubtedLoops(segments: readonly Segment[]): Doubt[] {
	const placed = segments.flatMap((segment, index): Placed[] =>
		segment.words.length > 0
			? segment.words.flatMap(({ text }, word) =>
					loopWordsOf(text).map((key) => ({ key, segment: index, word })),
				)
			: loopWordsOf(segment.text).map((key) => ({ key, segment: index, word: null })),
	);
	const doubts: Doubt[] = [];
	const doubted = new Set<number>();
	for (const { from, to } of findLoops(placed.map(({ key }) => key))) {
		let run: { first: Span; last: Span; texts: string[] } | null = null;
		const endRun = () => {
			if (run) doubts.push(doubtOver(run.first, run.last, run.texts.join(" ")));
			run = null;
		};
		let previous: Placed | null = null;
		for (const one of placed.slice(from, to)) {
			const isSameWord = previous?.segment === one.segment && previous.word === one.word;
			previous = one;
			if (isSameWord) continue;
			const segment = segments[one.segment] as Segment;
			if (one.word === null) {
				endRun();
				if (!doubted.has(one.segment)) doubts.push(doubtOver(segment, segment, segment.text));
				doubted.add(one.segment);
				continue;
			}
			const word = segment.words[one.word];
			if (word === undefined) continue;
			if (run === null) run = { first: word, last: word, texts: [word.text] };
			else {
				run.last = word;
				run.texts.push(word.text);
			}
		}
		endRun();
	}
	return doubts;
}

function doubtOver(first: Span, last: Span, text: string): Doubt {
	return {
		kind: "loop",
		startSeconds: first.startSeconds,
		endSeconds: Math.max(first.startSeconds, last.endSeconds),
		text,
		askedAgain: 0,
		reason: null,
	};
}
