import type { Paragraph } from "./paragraphs.ts";

/** When each word is heard: starts that never decrease, to be looked up many times a second. */
export type WordTimes = { starts: Float64Array; ends: Float64Array };

export function wordTimesOf(paragraphs: readonly Paragraph[]): WordTimes {
	const words = paragraphs.flatMap(({ pieces }) => pieces.map(({ word }) => word));
	let latest = 0;
	const starts = Float64Array.from(words, ({ startSeconds }) => {
		latest = Math.max(latest, startSeconds);
		return latest;
	});
	return { starts, ends: Float64Array.from(words, ({ endSeconds }) => endSeconds) };
}

/** The last one that has begun; -1 before the first. */
export function lastBegun(starts: ArrayLike<number>, seconds: number): number {
	let low = 0;
	let high = starts.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((starts[middle] as number) <= seconds) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}

const lingerSeconds = 0.6;

/** The word that is heard now; -1 in a pause. A word stays for a moment, or the eye loses it. */
export function wordAt({ starts, ends }: WordTimes, seconds: number): number {
	// A click on a word lands on its first sample, give or take a rounding of the decoder.
	const index = lastBegun(starts, seconds + 0.005);
	if (index === -1) return -1;
	return seconds <= (ends[index] as number) + lingerSeconds ? index : -1;
}
