import { readFile, rm, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import { bootId } from "../durable/boot-id.ts";
import { systemErrorCode } from "../errors.ts";
import type { RecordingEvent } from "../recording.ts";
import { bytesPerSample } from "../wav.ts";
import {
	ballastFilename,
	captureHeader,
	eventsFilename,
	firstSegment,
	listSegments,
	type Segment,
} from "./capture-segments.ts";
import { type CaptureIntent, type Intent, removeIntent } from "./intent.ts";
import { joinSegments, stretchesOf, totalFrames } from "./join-segments.ts";
import { describe, type Staged } from "./stage.ts";
import { zeroTailFrames } from "./zero-tail.ts";

/**
 * Makes a recording of what a capture left in its folder: one audio file with an honest header,
 * synced and hashed, and metadata.json. The end of an ordinary recording and the recovery of one
 * that was killed are this same work; for the latter `recovered` adds what is known of the loss.
 * Interrupted at any step it can be done again.
 *
 * @returns null where not one frame had reached the disk
 * @throws the system error as it came (no space, …): the capture is as it was, and can be finished later
 */
export async function finishCapture(
	folder: string,
	intent: Intent & { capture: CaptureIntent },
	appVersion: string,
	recovered: boolean,
): Promise<Staged | null> {
	const { capture } = intent;
	const name = basename(folder);
	// Its space may be what everything below needs.
	await rm(join(folder, ballastFilename), { force: true });
	const frameBytes = capture.channels * bytesPerSample;
	const headerBytes = captureHeader(name, capture, null).length;
	const segments = await listSegments(folder, headerBytes, frameBytes);
	const crash = recovered ? await crashOf(capture) : null;
	const last = segments.at(-1);
	if (last && crash !== null && crash !== "killed") {
		last.madeUpFrames = await zeroTailFrames(join(folder, last.file), headerBytes, frameBytes);
		last.frames -= last.madeUpFrames;
	}
	const stretches = stretchesOf(segments);
	const frames = totalFrames(stretches);
	if (frames === 0) {
		// Judged here: to whoever looks at the file next, made-up zeros would be audio that nobody could judge.
		if (last && last.madeUpFrames > 0) await truncate(join(folder, last.file), headerBytes);
		return null;
	}
	const header = captureHeader(name, capture, frames * frameBytes);
	const facts = await joinSegments(folder, segments, header, frameBytes);
	const durationSeconds = frames / capture.sampleRate;
	const events = await readEvents(folder);
	for (const { segment, startFrame, frames: missing } of stretches) {
		if (segment === null) {
			events.push(missingEvent(startFrame, missing, capture.sampleRate));
		}
	}
	if (crash !== null) events.push(recoveredEvent(crash, capture, last, durationSeconds));
	const inspection = {
		audio: {
			mimeType: "audio/wav",
			codec: "pcm_s16le",
			durationSeconds,
			sampleRate: capture.sampleRate,
			channels: capture.channels,
			bitDepth: 8 * bytesPerSample,
		},
		error: null,
	};
	const { source, originalFilename, title, tags } = intent;
	const arrival = { source, originalFilename, extension: ".wav", title, tags, events };
	const place = { folder, name, createdAt: capture.startedAt };
	const sound = { audioFile: firstSegment, facts, inspection };
	const staged = await describe(place, appVersion, arrival, sound);
	await removeCaptureFiles(folder);
	return staged;
}

/** With metadata.json a folder is whole: what only the recording in progress needed goes. */
export async function removeCaptureFiles(folder: string): Promise<void> {
	for (const file of [eventsFilename, ballastFilename]) {
		await rm(join(folder, file), { force: true });
	}
	await removeIntent(folder);
}

/** A last line that a crash tore is left out; a torn one can only be the last. */
async function readEvents(folder: string): Promise<RecordingEvent[]> {
	let text: string;
	try {
		text = await readFile(join(folder, eventsFilename), "utf8");
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return [];
		throw error;
	}
	const events: RecordingEvent[] = [];
	for (const line of text.split("\n")) {
		try {
			const { at, kind, message } = JSON.parse(line);
			events.push({ at: String(at), kind: String(kind), message: String(message) });
		} catch {
			break;
		}
	}
	return events;
}

function missingEvent(startFrame: number, frames: number, sampleRate: number): RecordingEvent {
	const lostMs = Math.round((frames / sampleRate) * 1000);
	const seconds = (startFrame / sampleRate).toFixed(3);
	return {
		at: new Date().toISOString(),
		kind: "lost",
		message: `${lostMs} ms are lost at ${seconds} s: the disk did not keep them. Silence stands in their place.`,
	};
}

/**
 * How the recorder ended: what the kernel had been given is all there after a kill, and after the
 * machine went down only what had been synced. Null boot ids: nobody can tell.
 */
type Crash = "killed" | "machine-down" | "unknown";

async function crashOf({ bootId: before }: CaptureIntent): Promise<Crash> {
	const now = await bootId();
	if (before === null || now === null) return "unknown";
	return before === now ? "killed" : "machine-down";
}

const costs: Record<Crash, string> = {
	killed:
		"The program was killed: at most the last 100 ms, which it had not yet handed over, are missing",
	"machine-down":
		"The machine went down: at most the last 1000 ms, which were not yet on the disk, are missing",
	unknown:
		"Of the end, at most 100 ms are missing after a kill, and at most 1000 ms after a power cut",
};

function recoveredEvent(
	crash: Crash,
	{ sampleRate }: CaptureIntent,
	last: Segment | undefined,
	durationSeconds: number,
): RecordingEvent {
	const madeUpMs = Math.round(((last?.madeUpFrames ?? 0) / sampleRate) * 1000);
	const cutOff = [
		madeUpMs > 0 ? `${madeUpMs} ms of zeros, which the disk made up,` : null,
		(last?.tornBytes ?? 0) > 0 ? `a torn sample of ${last?.tornBytes} bytes` : null,
	].filter((part) => part !== null);
	const cut = cutOff.length === 0 ? "" : ` Cut off from the end: ${cutOff.join(" and ")}.`;
	return {
		at: new Date().toISOString(),
		kind: "recovered",
		message: `The recording was not ended in order; ${durationSeconds.toFixed(3)} s of it were on disk. ${costs[crash]}, beside what the sound device itself held.${cut}`,
	};
}
