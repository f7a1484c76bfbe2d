import type { Segment, Span } from "../transcript.ts";
import { joined, secondsOf, within, without } from "./span-sets.ts";
import { slowestWordsPerSecond } from "./speaking-rate.ts";
import { believedSpan } from "./word-spans.ts";

/** For less than this, one long word after the other may be how somebody speaks, or sings. */
const shortestStretchSeconds = 10;

/** Pauses within a stretch, as in gaps. */
const pauseSeconds = 2;

/** So near to a stretch a word is one of its words. */
const toleranceSeconds = 0.5;

/**
 * Stretches of at least ten seconds in which words with times are fewer than anybody says, although
 * none is far from the next: such words are stretched, or leave others out between them.
 *
 * @param apart what is judged otherwise: gaps, and segments without word times
 */
export function sparseStretches(
	speech: readonly Span[],
	segments: readonly Segment[],
	apart: readonly Span[],
): Span[] {
	const moments = segments
		.flatMap(({ words }) => words.map((word) => believedSpan(word, speech)))
		.map(({ startSeconds, endSeconds }) => (startSeconds + endSeconds) / 2)
		.sort((a, b) => a - b);
	const pieces = without(joined(speech, pauseSeconds), joined(apart));
	let first = 0;
	return pieces.flatMap((piece) => {
		while ((moments[first] ?? Infinity) < piece.startSeconds - toleranceSeconds) first++;
		let after = first;
		while ((moments[after] ?? Infinity) <= piece.endSeconds + toleranceSeconds) after++;
		return joined(sparseIn(piece, moments.slice(first, after))).map((one) =>
			trimmed(one, within(speech, one)),
		);
	});
}

/** Each stretch from one word to another, or an end, that is just long enough: in order. */
function sparseIn({ startSeconds, endSeconds }: Span, moments: readonly number[]): Span[] {
	const inside = moments.map((moment) => Math.min(Math.max(moment, startSeconds), endSeconds));
	const cuts = [startSeconds, ...inside, endSeconds];
	const sparse: Span[] = [];
	let to = 0;
	for (let from = 0; from < cuts.length; from++) {
		const start = cuts[from] as number;
		while (to < cuts.length && (cuts[to] as number) - start < shortestStretchSeconds) to++;
		if (to === cuts.length) break;
		const end = cuts[to] as number;
		// Of the two words that it lies between, one counts; the piece's beginning is no word.
		const words = to - Math.max(from, 1);
		if (words < (end - start) * slowestWordsPerSecond)
			sparse.push({ startSeconds: start, endSeconds: end });
	}
	return sparse;
}

function trimmed(span: Span, spoken: readonly Span[]): Span {
	if (secondsOf(spoken) === 0) return span;
	const startSeconds = spoken[0]?.startSeconds ?? span.startSeconds;
	return { startSeconds, endSeconds: spoken.at(-1)?.endSeconds ?? span.endSeconds };
}
