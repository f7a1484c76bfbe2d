import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { publishFile } from "../durable/publish-file.ts";
import { systemErrorCode } from "../errors.ts";
import type { FileFacts, RecordingEvent, Source } from "../recording.ts";

export const uploadFilename = "upload.json";
export const uploadAudioFilename = "audio.part";

/** What the sender said about its audio, cleaned at the door. */
export type UploadAbout = {
	originalFilename: string | null;
	title: string | null;
	tags: string[];
	source: Source;
	/** ISO time at which it was recorded; null where nobody said. */
	recordedAt: string | null;
	/** Recorded in a browser: where it is not sent to its end, what came may be all there is. */
	existsOnlyHere: boolean;
	/** It is kept also where neither its name nor its first bytes say that it is audio. */
	isAnyFormat?: boolean;
	/** What was noted of it while it was recorded. */
	events?: RecordingEvent[];
};

/** A recording that was made of an upload's first bytes, when no more came in time. */
export type Beginning = FileFacts & { name: string };

/** The content of upload.json: enough to go on after a crash. */
export type UploadFile = {
	format: 1;
	/** Who may go on with it. */
	owner: string;
	createdAt: string;
	/** When the last byte came that counts. */
	lastByteAt: string;
	/** Null while the sender has not said it. */
	lengthBytes: number | null;
	/**
	 * So many bytes of the audio are on disk, synced, and proved where the sender gave a checksum. What
	 * lies behind them in the file was never acknowledged and does not count.
	 */
	offsetBytes: number;
	/** The sender gave up; what came is what there is. */
	cutAt: string | null;
	/** Its sender came back after it had been cut short: what was kept then. */
	continues: Beginning | null;
	about: UploadAbout;
	/** tus: `Upload-Metadata` as it was sent, to be sent back. */
	metadataHeader: string | null;
};

/** On disk, under its name, before this returns. */
export async function writeUploadFile(folder: string, upload: UploadFile): Promise<void> {
	await publishFile(join(folder, uploadFilename), `${JSON.stringify(upload, null, 2)}\n`);
}

/** Null where there is none, or where what is there makes no sense. */
export async function readUploadFile(folder: string): Promise<UploadFile | null> {
	try {
		const value = JSON.parse(await readFile(join(folder, uploadFilename), "utf8")) as UploadFile;
		const isWhole =
			value?.format === 1 &&
			typeof value.owner === "string" &&
			Number.isSafeInteger(value.offsetBytes) &&
			(value.lengthBytes === null || Number.isSafeInteger(value.lengthBytes)) &&
			!Number.isNaN(Date.parse(value.lastByteAt)) &&
			Array.isArray(value.about?.tags);
		return isWhole ? { ...value, continues: value.continues ?? null } : null;
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}

/** Everything that was announced is here. */
export function isComplete({ lengthBytes, offsetBytes, cutAt }: UploadFile): boolean {
	return cutAt !== null || (lengthBytes !== null && offsetBytes === lengthBytes);
}
