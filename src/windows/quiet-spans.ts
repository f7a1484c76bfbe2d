import type { ActivityTrack } from "../speech/speech.ts";
import type { Span } from "../transcript.ts";
import { runsOf } from "./speech-spans.ts";

/** Shorter ones lie within words: before a `t` or a `k` the voice stops for up to 0.15 s. */
export const shortestQuietSeconds = 0.2;

/** At most this loud there is nothing to hear: digital silence, with dither or without. */
export const inaudibleDbfs = -75;

/** So far around a moment its neighbourhood reaches, to either side. */
const neighbourhoodSeconds = 30;

/** A room's noise keeps within so many decibels of its quietest moments. */
const roomSpreadDb = 6;

/**
 * So far under what is loud nearby the room must lie. Music and tones that nobody takes for speech
 * are about as loud as themselves, and so are never quiet.
 */
const underLoudDb = 10;

/** Digital silence says nothing about the room: gates and mute switches make it, too. */
const noRoomDbfs = -100;

/**
 * Where a recording can be cut without cutting anything: nobody speaks, and there is nothing but the room, at
 * least 0.2 s long; in order. How loud the room is differs along a recording: it is looked for
 * nearby. Where nothing stands out from anything, as in steady music or noise, nothing is quiet.
 */
export function quietSpans(track: ActivityTrack): Span[] {
	const { speaking, loudnessDbfs, frameSeconds, durationSeconds } = track;
	const limits = quietLimits(loudnessDbfs, frameSeconds);
	const framesPerSecond = Math.max(1, Math.round(1 / frameSeconds));
	const isQuiet = (frame: number) =>
		speaking[frame] !== 1 &&
		(loudnessDbfs[frame] ?? 0) <= (limits[Math.floor(frame / framesPerSecond)] ?? inaudibleDbfs);
	const spans: Span[] = [];
	const frames = Math.min(speaking.length, loudnessDbfs.length);
	for (const [from, to] of runsOf(frames, isQuiet)) {
		const startSeconds = from * frameSeconds;
		const endSeconds = Math.min(to * frameSeconds, durationSeconds);
		if (endSeconds - startSeconds >= shortestQuietSeconds) spans.push({ startSeconds, endSeconds });
	}
	return spans;
}

/** For each second of the track: up to which loudness a frame is quiet. */
function quietLimits(loudnessDbfs: Int8Array, frameSeconds: number): Int8Array {
	const framesPerSecond = Math.max(1, Math.round(1 / frameSeconds));
	const seconds = Math.ceil(loudnessDbfs.length / framesPerSecond);
	const limits = new Int8Array(seconds);
	// How often each loudness occurs in the neighbourhood, moved along second by second.
	const counts = new Uint32Array(256);
	let total = 0;
	const count = (second: number, change: 1 | -1) => {
		if (second < 0 || second >= seconds) return;
		const end = Math.min((second + 1) * framesPerSecond, loudnessDbfs.length);
		for (let frame = second * framesPerSecond; frame < end; frame++) {
			const loudness = loudnessDbfs[frame] ?? 0;
			if (loudness <= noRoomDbfs) continue;
			counts[loudness + 128] = (counts[loudness + 128] ?? 0) + change;
			total += change;
		}
	};
	for (let second = 0; second < neighbourhoodSeconds; second++) count(second, 1);
	for (let second = 0; second < seconds; second++) {
		count(second + neighbourhoodSeconds, 1);
		count(second - neighbourhoodSeconds - 1, -1);
		if (total === 0) {
			limits[second] = inaudibleDbfs;
			continue;
		}
		const room = quantile(counts, total, 0.05);
		const loud = quantile(counts, total, 0.9);
		limits[second] = Math.max(inaudibleDbfs, Math.min(room + roomSpreadDb, loud - underLoudDb));
	}
	return limits;
}

function quantile(counts: Uint32Array, total: number, share: number): number {
	let seen = 0;
	for (let loudness = 0; loudness < counts.length; loudness++) {
		seen += counts[loudness] ?? 0;
		if (seen > total * share) return loudness - 128;
	}
	return 0;
}
