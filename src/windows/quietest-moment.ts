import type { ActivityTrack } from "../speech/speech.ts";

/** Shorter dips lie within a word. */
const momentSeconds = 0.16;

/** Between two moments as loud, rather the one where nobody speaks. */
const speechPenaltyDb = 6;

/**
 * The middle of the quietest moment that lies between two times; of several, the latest. For cuts
 * that must go through sound.
 */
export function quietestMoment(
	{ speaking, loudnessDbfs, frameSeconds }: ActivityTrack,
	fromSeconds: number,
	toSeconds: number,
): number {
	const width = Math.max(1, Math.round(momentSeconds / frameSeconds));
	const first = Math.max(0, Math.ceil(fromSeconds / frameSeconds));
	const last = Math.min(loudnessDbfs.length, Math.floor(toSeconds / frameSeconds));
	const loudness = (frame: number) =>
		(loudnessDbfs[frame] ?? 0) + (speaking[frame] === 1 ? speechPenaltyDb : 0);
	let sum = 0;
	let best: { atSeconds: number; sum: number } | null = null;
	for (let frame = first; frame < last; frame++) {
		sum += loudness(frame);
		if (frame - first >= width) sum -= loudness(frame - width);
		if (frame - first < width - 1) continue;
		const atSeconds = (frame + 1 - width / 2) * frameSeconds;
		if (best === null || sum <= best.sum) best = { atSeconds, sum };
	}
	return best?.atSeconds ?? toSeconds;
}
