import type { ActivityTrack } from "../speech/speech.ts";
import type { Span } from "../transcript.ts";
import { inaudibleDbfs } from "./quiet-spans.ts";

/** Above this an empty room is not told from a faint voice. */
const emptyRoomDbfs = -50;

/** Words come and go: what stays within so many decibels all the while says nothing. */
const steadyDb = 4;

/** Detectors are late: what is spoken so near to a stretch may reach into it. */
const marginSeconds = 0.5;

/**
 * True where a stretch holds nothing that anybody could hear: digital silence, or an empty room,
 * which is faint and as loud all the while. In doubt it is false: asking about nothing costs time, not
 * asking about something costs words.
 */
export function holdsNothing(track: ActivityTrack, span: Span): boolean {
	const { speaking, loudnessDbfs, frameSeconds } = track;
	const first = Math.floor(span.startSeconds / frameSeconds);
	const last = Math.ceil(span.endSeconds / frameSeconds);
	// Of a part that was not listened to, nothing is known.
	if (span.endSeconds > (loudnessDbfs.length + 1) * frameSeconds) return false;
	const margin = Math.round(marginSeconds / frameSeconds);
	const nearEnd = Math.min(last + margin, speaking.length);
	for (let frame = Math.max(0, first - margin); frame < nearEnd; frame++)
		if (speaking[frame] === 1) return false;
	let quietest = 127;
	let loudest = -128;
	for (let frame = first; frame < Math.min(last, loudnessDbfs.length); frame++) {
		const loudness = loudnessDbfs[frame] ?? 0;
		quietest = Math.min(quietest, loudness);
		loudest = Math.max(loudest, loudness);
	}
	if (loudest <= inaudibleDbfs) return true;
	return loudest <= emptyRoomDbfs && loudest - quietest <= steadyDb;
}
