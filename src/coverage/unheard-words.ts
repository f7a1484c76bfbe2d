import type { Doubt, Segment, Span } from "../transcript.ts";
import { secondsOf, widened, within } from "./span-sets.ts";
import { plausibleSpans } from "./word-spans.ts";

/** Detectors are late and words' times inexact: so near to speech a word is heard. */
const toleranceSeconds = 1;

/** Words further apart than this are doubted each on their own. */
const pauseSeconds = 5;

/**
 * Words where nobody speaks: most of the word is more than a second away from any speech. What comes one after the other
 * is one doubt.
 */
export function unheardWords(speech: readonly Span[], segments: readonly Segment[]): Doubt[] {
	const near = widened(speech, toleranceSeconds);
	const doubts: Doubt[] = [];
	let open: Doubt | null = null;
	const take = (one: Span & { text: string }, isUnheard: boolean) => {
		if (!isUnheard) {
			open = null;
			return;
		}
		if (open !== null && one.startSeconds - open.endSeconds <= pauseSeconds) {
			open.endSeconds = Math.max(open.endSeconds, one.endSeconds);
			open.text += ` ${one.text}`;
			return;
		}
		const { startSeconds, endSeconds, text } = one;
		open = { kind: "unheard", startSeconds, endSeconds, text, askedAgain: 0, reason: null };
		doubts.push(open);
	};
	for (const segment of segments) {
		// When its words were said is not known: any speech in it may be theirs.
		if (segment.words.length === 0) take(segment, !touches(near, segment));
		for (const word of segment.words)
			take(word, !plausibleSpans(word).some((span) => isMostlyIn(near, span)));
	}
	return doubts;
}

function touches(near: readonly Span[], { startSeconds, endSeconds }: Span): boolean {
	// A moment without length has no part in common with anything.
	const end = Math.max(endSeconds, startSeconds + 0.001);
	return within(near, { startSeconds, endSeconds: end }).length > 0;
}

function isMostlyIn(near: readonly Span[], span: Span): boolean {
	const length = span.endSeconds - span.startSeconds;
	if (length <= 0) return touches(near, span);
	return secondsOf(within(near, span)) >= length / 2;
}
