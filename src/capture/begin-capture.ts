import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { newName } from "../archive/name.ts";
import type { Writer } from "../archive/writer.ts";
import { type Ballast, takeBallast } from "../durable/ballast.ts";
import { bootId } from "../durable/boot-id.ts";
import { step } from "../durable/step.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { writeAll } from "../durable/write-all.ts";
import { toOnwaxError } from "../errors.ts";
import {
	ballastFilename,
	captureHeader,
	eventsFilename,
	firstSegment,
} from "../library/capture-segments.ts";
import { type CaptureIntent, type Intent, writeIntent } from "../library/intent.ts";
import type { RecordingEvent } from "../recording.ts";
import { frameBytes, type SampleFormat } from "./capture.ts";
import { type CaptureLog, type CaptureLogOptions, openCaptureLog } from "./capture-log.ts";

export type CaptureFields = {
	title: string | null;
	tags: string[];
	/** What was asked for; null for the system's default. */
	device: string | null;
	format: SampleFormat;
	segmentBytes: number;
	syncEverySeconds: number;
};

/** A recording in progress, on disk. Whatever happens from now on, the next start finds it. */
export type BegunCapture = {
	name: string;
	folder: string;
	intent: Intent & { capture: CaptureIntent };
	log: CaptureLog;
	/** Writes down what happened, beside the audio. Never throws; what the disk refuses comes with the next. */
	note(event: RecordingEvent): void;
	/** Everything noted is on disk, or cannot be. Never throws. */
	closeNotes(): Promise<void>;
	/** Nothing was recorded after all. */
	discard(): Promise<void>;
};

/** Enough for a second of 48 kHz stereo, the metadata, and the catalogue's journal. */
const ballastBytes = 2 * 1024 * 1024;

/**
 * Makes the folder of a recording: the intent first, then an empty audio file behind a header that
 * readers accept at any moment, then the ballast. All of it is on disk when this returns; nothing of
 * it is left where this throws.
 */
export async function beginCapture(
	writer: Writer,
	fields: CaptureFields,
	trouble: Pick<CaptureLogOptions, "onTrouble" | "onTroubleOver">,
): Promise<BegunCapture> {
	const { title, tags, device, format, segmentBytes, syncEverySeconds } = fields;
	const { name, createdAt } = newName();
	const folder = join(writer.folder, name);
	step("capture:folder");
	await mkdir(folder, { mode: 0o700 });
	// What cannot be removed is an empty capture to the next start, which removes it.
	const remove = () => rm(folder, { recursive: true, force: true }).catch(() => undefined);
	const audio = { device: device ?? "default", startedAt: createdAt };
	let log: CaptureLog | null = null;
	try {
		const intent = {
			format: 1 as const,
			source: "microphone" as const,
			originalFilename: null,
			title,
			tags,
			audioFile: firstSegment,
			capture: { ...format, ...audio, bootId: await bootId() },
		};
		await writeIntent(folder, intent);
		const ballast = await ballastIn(folder);
		const opened = await openCaptureLog({
			folder,
			header: captureHeader(name, intent.capture, null),
			frameBytes: frameBytes(format),
			segmentBytes,
			syncEverySeconds,
			ballast,
			...trouble,
		});
		log = opened;
		await syncFolder(folder);
		const notes = openNotes(join(folder, eventsFilename));
		return {
			...{ name, folder, intent, log, ...notes },
			async discard() {
				await notes.closeNotes();
				await opened.seal(0).catch(() => undefined);
				await remove();
			},
		};
	} catch (error) {
		await log?.seal(0).catch(() => undefined);
		await remove();
		throw error;
	}
}

/** Null where the disk has no room for it: a recording without it is better than none. */
async function ballastIn(folder: string): Promise<Ballast | null> {
	const path = join(folder, ballastFilename);
	try {
		return await takeBallast(path, ballastBytes);
	} catch (error) {
		if (toOnwaxError(error, "ERR_IO").code !== "ERR_DISK_FULL") throw error;
		await rm(path, { force: true });
		return null;
	}
}

function openNotes(path: string): Pick<BegunCapture, "note" | "closeNotes"> {
	let waiting: RecordingEvent[] = [];
	let handle: FileHandle | null = null;
	let sizeBytes = 0;
	let writing: Promise<void> = Promise.resolve();
	async function write(): Promise<void> {
		if (waiting.length === 0) return;
		const events = waiting;
		const lines = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
		try {
			handle ??= await open(path, "w", 0o600);
			await writeAll(handle, lines, sizeBytes);
			await handle.datasync();
			sizeBytes += lines.length;
			waiting = waiting.slice(events.length);
		} catch {
			// The audio's own log meets the same disk and says so; this is tried again with the next.
		}
	}
	return {
		note(event) {
			waiting.push(event);
			writing = writing.then(write);
		},
		async closeNotes() {
			await writing;
			await write();
			await handle?.close().catch(() => undefined);
		},
	};
}
