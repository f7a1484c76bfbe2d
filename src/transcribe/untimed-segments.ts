import type { RawSegment } from "./raw-output.ts";

/**
 * Segments, each with times. One without takes those of its words; one that has neither was said
 * between its neighbours, since their order is known: no more is claimed about it, so that it has no
 * words. Where no segment has times, nothing is known about any, and there are none.
 *
 * @param durationSeconds null where it is not known
 */
export function withSpans(
	raw: readonly RawSegment[],
	durationSeconds: number | null,
): RawSegment[] {
	const segments = raw.map(withTimesOfWords);
	if (!segments.some(isTimed)) return [];
	// From the back: where the next timed segment begins, for each.
	const nextStarts: (number | null)[] = [];
	let nextSeconds: number | null = null;
	for (const segment of segments.toReversed()) {
		nextStarts.push(nextSeconds);
		if (isTimed(segment)) nextSeconds = segment.startSeconds;
	}
	nextStarts.reverse();
	let previousEndSeconds = 0;
	return segments.map((segment, index) => {
		if (isTimed(segment)) {
			previousEndSeconds = endOf(segment);
			return segment;
		}
		const next = nextStarts[index] ?? null;
		const endSeconds = next ?? Math.max(previousEndSeconds, durationSeconds ?? 0);
		// Never after the next one's start: segments are put in the order of their starts.
		const startSeconds = Math.min(previousEndSeconds, endSeconds);
		return { ...segment, startSeconds, endSeconds, words: [] };
	});
}

function withTimesOfWords(segment: RawSegment): RawSegment {
	if (isTimed(segment)) return segment;
	const timed = segment.words.filter(isTimed);
	const [first, last] = [timed[0], timed.at(-1)];
	if (!first || !last) return segment;
	return { ...segment, startSeconds: first.startSeconds, endSeconds: endOf(last) };
}

function isTimed({ startSeconds }: { startSeconds: number }): boolean {
	return Number.isFinite(startSeconds);
}

function endOf({ startSeconds, endSeconds }: { startSeconds: number; endSeconds: number }): number {
	return Number.isFinite(endSeconds) ? Math.max(startSeconds, endSeconds) : startSeconds;
}
