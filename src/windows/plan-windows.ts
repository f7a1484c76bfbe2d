import type { ActivityTrack } from "../speech/speech.ts";
import type { Span } from "../transcript.ts";
import { quietSpans } from "./quiet-spans.ts";
import { quietestMoment } from "./quietest-moment.ts";
import { holdsNothing } from "./silent-window.ts";
import type { Window } from "./window.ts";

export type WindowPlan = {
	/** The longest that the engine is to hear at once; Infinity makes one window. */
	maxSeconds: number;
	/** How far windows reach over a cut that goes through sound. Less where windows are very short. */
	overlapSeconds?: number;
};

const usualOverlapSeconds = 2;

/** So much silence there must be on either side of a cut: half of the shortest quiet span, less a rounding. */
const leastPauseSeconds = 0.09;

/** Shorter windows than this make no sense, and a plan of them might not come to an end. */
const leastMaxSeconds = 0.1;

/** A cut has enough silence around it when there is so much on both sides. */
const amplePauseSeconds = 1;

/** What being at the very limit is worth, in seconds of pause around the cut. */
const lengthWorthSeconds = 0.3;

type Cut = { atSeconds: number; reachSeconds: number };

/**
 * Cuts a recording into windows that an engine can hear. The cores tile 0 to the duration; no
 * window, with its overlaps, is longer than `maxSeconds`. Cuts go through silences; where none is found in the
 * latter half of a window, through the quietest moment there, and both windows reach over it.
 *
 * The same track gives the same windows, always: work that was interrupted is taken up by index.
 * A recording without length has no windows. Throws RangeError for a maximum under 0.1 s.
 */
export function planWindows(
	track: ActivityTrack,
	{ maxSeconds, overlapSeconds = usualOverlapSeconds }: WindowPlan,
): Window[] {
	if (!(maxSeconds >= leastMaxSeconds))
		throw new RangeError(`Expected maxSeconds of ${leastMaxSeconds} or more, got ${maxSeconds}`);
	const quiet = quietSpans(track);
	// A quarter at most, so that every window has a core, and only neighbours reach into each other.
	const reachSeconds = Math.min(Math.max(0, overlapSeconds), maxSeconds / 4);
	const windows: Window[] = [];
	let from: Cut = { atSeconds: 0, reachSeconds: 0 };
	let firstQuiet = 0;
	while (from.atSeconds < track.durationSeconds) {
		const startSeconds = Math.max(0, from.atSeconds - from.reachSeconds);
		while ((quiet[firstQuiet]?.endSeconds ?? Infinity) < startSeconds) firstQuiet++;
		const to = nextCut(track, quiet, firstQuiet, { startSeconds, maxSeconds, reachSeconds });
		const span = {
			startSeconds,
			endSeconds: Math.min(track.durationSeconds, to.atSeconds + to.reachSeconds),
		};
		windows.push({
			index: windows.length,
			coreStartSeconds: from.atSeconds,
			coreEndSeconds: to.atSeconds,
			...span,
			silent: holdsNothing(track, span),
		});
		from = to;
	}
	return windows;
}

/** Where the window that begins at `startSeconds` ends its core, and how far it reaches beyond. */
function nextCut(
	track: ActivityTrack,
	quiet: readonly Span[],
	firstQuiet: number,
	window: { startSeconds: number; maxSeconds: number; reachSeconds: number },
): Cut {
	const { startSeconds, maxSeconds, reachSeconds } = window;
	const { durationSeconds } = track;
	if (durationSeconds - startSeconds <= maxSeconds)
		return { atSeconds: durationSeconds, reachSeconds: 0 };
	const earliest = startSeconds + maxSeconds / 2;
	// The last window is not to be a scrap: engines make words up for those.
	const latest = Math.min(startSeconds + maxSeconds, durationSeconds - maxSeconds / 4);
	const atSeconds = cutInSilence(quiet, firstQuiet, earliest, latest);
	if (atSeconds !== null) return { atSeconds, reachSeconds: 0 };
	const latestInSound = Math.min(startSeconds + maxSeconds - reachSeconds, latest);
	const moment = quietestMoment(track, earliest, latestInSound);
	return { atSeconds: toMilliseconds(moment), reachSeconds };
}

/** The cut with the longest pause around it, up to an ample one; of the like, the latest. */
function cutInSilence(
	quiet: readonly Span[],
	firstQuiet: number,
	earliest: number,
	latest: number,
): number | null {
	let best: { atSeconds: number; worth: number } | null = null;
	for (let index = firstQuiet; index < quiet.length; index++) {
		const { startSeconds, endSeconds } = quiet[index] as Span;
		if (startSeconds >= latest) break;
		const ample = Math.min((endSeconds - startSeconds) / 2, amplePauseSeconds);
		// As late as an ample pause allows, but within what is asked for.
		const wished = clamp(latest, startSeconds + ample, endSeconds - ample);
		const atSeconds = toMilliseconds(clamp(wished, earliest, latest));
		const pause = Math.min(atSeconds - startSeconds, endSeconds - atSeconds, amplePauseSeconds);
		if (pause < leastPauseSeconds) continue;
		const worth = pause + (lengthWorthSeconds * (atSeconds - earliest)) / (latest - earliest);
		if (best === null || worth >= best.worth) best = { atSeconds, worth };
	}
	return best?.atSeconds ?? null;
}

function clamp(value: number, from: number, to: number): number {
	return Math.min(Math.max(value, from), to);
}

/** Files are cut at samples: a time that reads well is exact enough. Rounded down, so that no limit is passed. */
function toMilliseconds(seconds: number): number {
	return Math.floor(seconds * 1000) / 1000;
}
