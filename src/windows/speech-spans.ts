import type { ActivityTrack } from "../speech/speech.ts";
import type { Span } from "../transcript.ts";

/** A shorter pause is one between two words of the same breath. */
export const shortestPauseSeconds = 0.3;

/** Less is a click or a cough: no word is that short. */
export const shortestSpeechSeconds = 0.1;

/** Comparing sums of frames: less than any frame, more than any rounding. */
const roundingSeconds = 1e-6;

/** Where somebody speaks, in order; never beyond the recording's duration. */
export function speechSpans({ speaking, frameSeconds, durationSeconds }: ActivityTrack): Span[] {
	const spans: Span[] = [];
	for (const [from, to] of runsOf(speaking.length, (frame) => speaking[frame] === 1)) {
		const startSeconds = from * frameSeconds;
		const endSeconds = Math.min(to * frameSeconds, durationSeconds);
		if (endSeconds <= startSeconds) continue;
		const last = spans.at(-1);
		if (last && startSeconds - last.endSeconds < shortestPauseSeconds - roundingSeconds)
			last.endSeconds = endSeconds;
		else spans.push({ startSeconds, endSeconds });
	}
	return spans.filter(
		({ startSeconds, endSeconds }) =>
			endSeconds - startSeconds >= shortestSpeechSeconds - roundingSeconds,
	);
}

/** Runs of frames for which something holds: from the first to the one after the last. */
export function* runsOf(
	frames: number,
	holds: (frame: number) => boolean,
): Generator<[from: number, to: number]> {
	let from = -1;
	for (let frame = 0; frame < frames; frame++) {
		if (holds(frame)) {
			if (from < 0) from = frame;
		} else if (from >= 0) {
			yield [from, frame];
			from = -1;
		}
	}
	if (from >= 0) yield [from, frames];
}
