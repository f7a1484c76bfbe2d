import type { Coverage, Doubt, Span } from "../transcript.ts";

/**
 * A stretch that an engine is to hear on its own, what is doubted in it, and which of it an answer is wanted
 * `about`: the doubts' own spans, of long ones the part that this is.
 */
export type Asking = Span & { doubts: Doubt[]; about: Span[] };

/**
 * Gaps begin and end half a second from the words around them. With a second more those are heard
 * whole: then they are recognised as what is there already, and nothing is heard in half.
 */
const paddingSeconds = 1.5;

/** Where an engine hears no more than a few seconds, the padding must not be most of it. */
const mostPadding = 0.2;

/**
 * What to ask again: gaps and loops, with a second and a half around them; those that then touch are asked
 * together, as far as `maxSeconds` allows, and longer ones in parts. In order; the same coverage
 * always gives the same.
 *
 * @param speech where somebody speaks: parts are then cut in pauses
 */
export function gapsToAsk(
	{ doubts }: Pick<Coverage, "doubts">,
	{
		durationSeconds,
		maxSeconds,
		speech = [],
	}: { durationSeconds: number; maxSeconds: number; speech?: readonly Span[] },
): Asking[] {
	const askings: Asking[] = [];
	const padding = Math.min(paddingSeconds, maxSeconds * mostPadding);
	const askable = doubts.filter(({ kind }) => kind !== "unheard");
	for (const doubt of askable.toSorted((a, b) => a.startSeconds - b.startSeconds)) {
		for (const part of partsOf(doubt, maxSeconds, padding, speech)) {
			const span = padded(part, durationSeconds, maxSeconds, padding);
			if (span.endSeconds <= span.startSeconds) continue;
			const last = askings.at(-1);
			const endSeconds = Math.max(last?.endSeconds ?? 0, span.endSeconds);
			const touches = last !== undefined && span.startSeconds <= last.endSeconds;
			if (touches && endSeconds - last.startSeconds <= maxSeconds) {
				last.endSeconds = endSeconds;
				last.about.push(part);
				if (!last.doubts.includes(doubt)) last.doubts.push(doubt);
			} else askings.push({ ...span, doubts: [doubt], about: [part] });
		}
	}
	return askings;
}

/** As much padding as there is room for: the stretch itself must not suffer from it. */
function padded(
	{ startSeconds, endSeconds }: Span,
	durationSeconds: number,
	maxSeconds: number,
	paddingSeconds: number,
): Span {
	const room = (maxSeconds - (endSeconds - startSeconds)) / 2;
	const padding = Math.max(0, Math.min(paddingSeconds, room));
	return {
		startSeconds: Math.max(0, startSeconds - padding),
		endSeconds: Math.min(durationSeconds, endSeconds + padding),
	};
}

/**
 * The whole where it can be heard at once, without padding if need be; else parts with room for padding, cut
 * in the longest pause of each one's latter half, or where it must be.
 */
function partsOf(
	{ startSeconds, endSeconds }: Span,
	maxSeconds: number,
	paddingSeconds: number,
	speech: readonly Span[],
): Span[] {
	const partSeconds = maxSeconds - 2 * paddingSeconds;
	const parts: Span[] = [];
	let from = startSeconds;
	if (endSeconds - from > maxSeconds) {
		while (endSeconds - from > partSeconds) {
			const latest = from + partSeconds;
			const to = longestPause(speech, from + partSeconds / 2, latest) ?? latest;
			parts.push({ startSeconds: from, endSeconds: to });
			from = to;
		}
	}
	parts.push({ startSeconds: from, endSeconds });
	return parts;
}

/** The middle of the longest pause between two spans of speech, of those with their middle there. */
function longestPause(speech: readonly Span[], from: number, to: number): number | null {
	let best: { middle: number; seconds: number } | null = null;
	for (let index = 1; index < speech.length; index++) {
		const before = speech[index - 1] as Span;
		const after = speech[index] as Span;
		const middle = (before.endSeconds + after.startSeconds) / 2;
		const seconds = after.startSeconds - before.endSeconds;
		if (middle <= from || middle > to) continue;
		if (best === null || seconds >= best.seconds) best = { middle, seconds };
	}
	return best?.middle ?? null;
}
