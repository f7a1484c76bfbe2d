export type Span = { startSeconds: number; endSeconds: number };

/** Shorter pauses are part of speaking. */
const shortestSkipSeconds = 0.7;
/** What is left of a pause on either side, so that no word is cut. */
const marginSeconds = 0.15;

/**
 * What can be jumped over: where there are no words. Speech without words (a gap of the coverage) is
 * heard, whatever the text says.
 *
 * @param heard words and gaps, in any order
 */
export function silencesBetween(heard: readonly Span[], durationSeconds: number): Span[] {
	if (heard.length === 0) return [];
	const sorted = [...heard].sort((a, b) => a.startSeconds - b.startSeconds);
	const silences: Span[] = [];
	let until = 0;
	for (const { startSeconds, endSeconds } of [
		...sorted,
		{ startSeconds: durationSeconds, endSeconds: durationSeconds },
	]) {
		if (startSeconds - until > shortestSkipSeconds) {
			silences.push({
				startSeconds: until === 0 ? 0 : until + marginSeconds,
				endSeconds: startSeconds - marginSeconds,
			});
		}
		until = Math.max(until, endSeconds);
	}
	return silences;
}

/** Where to go on; null where there is something to hear. */
export function skipFrom(silences: readonly Span[], seconds: number): number | null {
	let low = 0;
	let high = silences.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((silences[middle] as Span).startSeconds <= seconds) low = middle + 1;
		else high = middle;
	}
	const silence = silences[low - 1];
	return silence && seconds < silence.endSeconds - 0.05 ? silence.endSeconds : null;
}
