import { lstat, readdir } from "node:fs/promises";
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
	/** How many times the disk had refused something before it. */
	refusals: number;
	/** The disk failed what came before it, and may have lied about more: no file of it is written to again. */
	afterError: boolean;
};

const pattern = /^audio-(\d{14})(?:-(error|full)-(\d+))?\.wav$/;

/** `refusal`: why the file before had to be left, where it was not for its length. */
export function segmentFilename(
	startFrame: number,
	refusal: { why: "error" | "full"; count: number } | null,
): string {
	if (startFrame === 0 && refusal === null) return firstSegment;
	const number = String(startFrame).padStart(14, "0");
	return `audio-${number}${refusal ? `-${refusal.why}-${refusal.count}` : ""}.wav`;
}

/** More is never in memory, and so can never be missing between two segments. */
const longestHoleBytes = 256 * 1024 * 1024;

export function captureHeader(
	name: string,
	{ sampleRate, channels, startedAt }: CaptureIntent,
	dataBytes: number | null,
): Uint8Array {
	return buildCaptureHeader({ sampleRate, channels, recordedAt: startedAt, name, dataBytes });
}

/**
 * In the order of their frames; lengths are those of the files, whatever their headers say. What is no
 * plain file, or begins where none can, is not among them, and is left alone.
 */
export async function listSegments(
	folder: string,
	headerBytes: number,
	frameBytes: number,
): Promise<Segment[]> {
	const found: Segment[] = [];
	for (const file of await readdir(folder)) {
		const match = pattern.exec(file);
		if (file !== firstSegment && !match) continue;
		const facts = await lstat(join(folder, file));
		if (!facts.isFile()) continue;
		const payloadBytes = Math.max(0, facts.size - headerBytes);
		const tornBytes = payloadBytes % frameBytes;
		found.push({
			file,
			startFrame: Number(match?.[1] ?? 0),
			frames: (payloadBytes - tornBytes) / frameBytes,
			tornBytes,
			madeUpFrames: 0,
			refusals: Number(match?.[3] ?? 0),
			afterError: match?.[2] === "error",
		});
	}
	// Of two that begin at the same frame, the one with more refusals behind it is the later one.
	found.sort((a, b) => a.startFrame - b.startFrame || a.refusals - b.refusals);
	let end = 0;
	return found.filter(({ startFrame, frames }) => {
		const isPlausible = (startFrame - end) * frameBytes <= longestHoleBytes;
		if (isPlausible) end = Math.max(end, startFrame + frames);
		return isPlausible;
	});
}
