import type { Span } from "../transcript.ts";

/** One stretch in which somebody speaks; `speaker` is their label. Turns may overlap. */
export type LabelledTurn = Span & { speaker: string };

/** Labels count from `S1`, in the order in which they are first heard. */
export function labelOf(index: number): string {
	return `S${index + 1}`;
}

/** How far from a turn a word may be and still be its speaker's. */
const reachSeconds = 0.5;

/**
 * Answers who speaks during a time: whoever does for longest, of equals the one who began first;
 * where nobody does, whoever is nearest within half a second; else null.
 */
export function speakerFinder(turns: readonly LabelledTurn[]): (span: Span) => string | null {
	const sorted = turns.toSorted((a, b) => a.startSeconds - b.startSeconds);
	/** The latest end of this turn and all before it: it never decreases, so it can be searched. */
	const latestEnds: number[] = [];
	for (const { endSeconds } of sorted) {
		latestEnds.push(Math.max(endSeconds, latestEnds.at(-1) ?? Number.NEGATIVE_INFINITY));
	}
	return ({ startSeconds, endSeconds }) => {
		const spokenSeconds = new Map<string, number>();
		let nearest: string | null = null;
		let nearestSeconds = Number.POSITIVE_INFINITY;
		const first = firstAtLeast(latestEnds, startSeconds - reachSeconds);
		for (let i = first; i < sorted.length; i += 1) {
			const turn = sorted[i] as LabelledTurn;
			if (turn.startSeconds > endSeconds + reachSeconds) break;
			const from = Math.max(turn.startSeconds, startSeconds);
			const overlapSeconds = Math.min(turn.endSeconds, endSeconds) - from;
			if (overlapSeconds > 0) {
				const { speaker } = turn;
				spokenSeconds.set(speaker, (spokenSeconds.get(speaker) ?? 0) + overlapSeconds);
			} else if (-overlapSeconds <= reachSeconds && -overlapSeconds < nearestSeconds) {
				nearest = turn.speaker;
				nearestSeconds = -overlapSeconds;
			}
		}
		return longest(spokenSeconds) ?? nearest;
	};
}

/** The first of equals. */
function longest(spokenSeconds: ReadonlyMap<string, number>): string | null {
	let speaker: string | null = null;
	let mostSeconds = 0;
	for (const [one, seconds] of spokenSeconds) {
		if (seconds <= mostSeconds) continue;
		speaker = one;
		mostSeconds = seconds;
	}
	return speaker;
}

/** Where in rising numbers the first one is that is not less. */
function firstAtLeast(rising: readonly number[], least: number): number {
	let low = 0;
	let high = rising.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((rising[middle] ?? 0) < least) low = middle + 1;
		else high = middle;
	}
	return low;
}
