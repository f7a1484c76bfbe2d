import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { buildCaptureHeader } from "../wav.ts";
import type { CaptureIntent } from "./intent.ts";

/*
 * A recording in progress lies in its folder as segments: `audio.wav`, and further ones where a file
 * had to be left (it grew large, or the disk failed a write). The name of each says at which frame
 * it begins, so that nothing else has to be believed to put them together: a segment counts up to
 * where the next one begins.
 */

/** The first segment, which becomes the recording's audio file. */
export const firstSegment = "audio.wav";

/** Holds space for the moment when the disk is full. */
export const ballastFilename = "ballast";

/** One JSON line for each RecordingEvent, written while recording. */
export const eventsFilename = "events.jsonl";

export type Segment = {
	file: string;
	/** Of the whole recording's frames, the first one in here. */
	startFrame: number;
	/** Whole frames that are really there. */
	frames: number;
	/** Bytes of a torn frame behind them. */
	tornBytes: number;
	/** Zeros at the end that the disk made up when the machine went down; not among `frames`. */
	madeUpFrames: number;
	/** How many errors of the disk came before it; 0 where no file had to be left for one. */
	errors: number;
};

const pattern = /^audio-(\d{14})(?:-error-(\d+))?\.wav$/;

export function segmentFilename(startFrame: number, errors: number): string {
	if (startFrame === 0 && errors === 0) return firstSegment;
	const number = String(startFrame).padStart(14, "0");
	return `audio-${number}${errors > 0 ? `-error-${errors}` : ""}.wav`;
}

export function captureHeader(
	name: string,
	{ sampleRate, channels, startedAt }: CaptureIntent,
	dataBytes: number | null,
): Uint8Array {
	return buildCaptureHeader({ sampleRate, channels, recordedAt: startedAt, name, dataBytes });
}

/** In the order of their frames; lengths are those of the files, whatever their headers say. */
export async function listSegments(
	folder: string,
	headerBytes: number,
	frameBytes: number,
): Promise<Segment[]> {
	const segments: Segment[] = [];
	for (const file of await readdir(folder)) {
		const match = pattern.exec(file);
		if (file !== firstSegment && !match) continue;
		const handle = await open(join(folder, file), "r");
		try {
			const payloadBytes = Math.max(0, (await handle.stat()).size - headerBytes);
			const tornBytes = payloadBytes % frameBytes;
			segments.push({
				file,
				startFrame: Number(match?.[1] ?? 0),
				frames: (payloadBytes - tornBytes) / frameBytes,
				tornBytes,
				madeUpFrames: 0,
				errors: Number(match?.[2] ?? 0),
			});
		} finally {
			await handle.close();
		}
	}
	// Of two that begin at the same frame, the one with more errors behind it is the later one.
	return segments.sort((a, b) => a.startFrame - b.startFrame || a.errors - b.errors);
}
