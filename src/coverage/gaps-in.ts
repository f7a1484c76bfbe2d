import type { Doubt, Span } from "../transcript.ts";
import { joined, secondsOf, within, without } from "./span-sets.ts";

/** Less speech without words is a breath, an "uh", or a word whose time is a little off. */
const shortestGapSeconds = 1.5;

/** Pauses within what one gap lacks. */
const pauseSeconds = 2;

/** Stretches of speech, short pauses included, that nothing in `covered` lies over. */
export function gapsIn(speech: readonly Span[], covered: readonly Span[]): Doubt[] {
	return without(joined(speech, pauseSeconds), covered).flatMap((span) => {
		const spoken = within(speech, span);
		const [first, last] = [spoken[0], spoken.at(-1)];
		if (!first || !last || secondsOf(spoken) < shortestGapSeconds) return [];
		return [gapOver({ startSeconds: first.startSeconds, endSeconds: last.endSeconds })];
	});
}

export function gapOver({ startSeconds, endSeconds }: Span): Doubt {
	return { kind: "gap", startSeconds, endSeconds, text: "", askedAgain: 0, reason: null };
}
