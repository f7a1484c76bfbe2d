import type { Span } from "../transcript.ts";

/** No word takes longer; engines that do say so have stretched it over a pause. */
export const longestWordSeconds = 2;

/**
 * When a word was said, as far as its times can be believed: of one that is stretched over a pause, its beginning
 * or its end.
 */
export function plausibleSpans({ startSeconds, endSeconds }: Span): Span[] {
	if (endSeconds - startSeconds <= 2 * longestWordSeconds) return [{ startSeconds, endSeconds }];
	return [
		{ startSeconds, endSeconds: startSeconds + longestWordSeconds },
		{ startSeconds: endSeconds - longestWordSeconds, endSeconds },
	];
}
