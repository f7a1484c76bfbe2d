import type { Span } from "../transcript.ts";
import { secondsOf, within } from "./span-sets.ts";

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

/**
 * The part of a word that covers speech: of one that is too long its beginning, unless that lies in a
 * pause and its end does not. Never more: a few long words would else cover all that was left out.
 */
export function believedSpan({ startSeconds, endSeconds }: Span, speech: readonly Span[]): Span {
	if (endSeconds - startSeconds <= longestWordSeconds) return { startSeconds, endSeconds };
	const beginning = { startSeconds, endSeconds: startSeconds + longestWordSeconds };
	const end = { startSeconds: endSeconds - longestWordSeconds, endSeconds };
	const spoken = (span: Span) => secondsOf(within(speech, span));
	return 2 * spoken(beginning) >= spoken(end) ? beginning : end;
}
