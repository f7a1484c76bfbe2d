import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists } from "../durable/exists.ts";
import { publishFile } from "../durable/publish-file.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { systemErrorCode } from "../errors.ts";
import type { Source } from "../recording.ts";

export const intentFilename = "intent.json";

/**
 * What a recording is going to be, written before its first byte of audio: for audio that exists
 * nowhere else, so that a crash at any moment leaves something `recover` can make a recording of.
 */
export type Intent = {
	format: 1;
	source: Source;
	originalFilename: string | null;
	title: string | null;
	tags: string[];
	audioFile: string;
	/** What is known of a recording in progress; absent for what comes from elsewhere. */
	capture?: CaptureIntent;
};

/**
 * Enough to make a recording of the raw samples alone: its audio file's header can be built from
 * this (`buildCaptureHeader`), whatever became of the one on disk.
 */
export type CaptureIntent = {
	sampleRate: number;
	channels: number;
	device: string;
	startedAt: string;
	/** Which run of the system it began in: tells a killed program from a power cut. Null where unknown. */
	bootId: string | null;
};

/** On disk, folder entries included, before this returns. */
export async function writeIntent(folder: string, intent: Intent): Promise<void> {
	await publishFile(join(folder, intentFilename), `${JSON.stringify(intent, null, 2)}\n`, {
		syncFolder: "later",
	});
	await syncFolder(folder);
	await syncFolder(dirname(folder));
}

/** Null where there is none, or where not even that had reached the disk. */
export async function readIntent(folder: string): Promise<Intent | null> {
	try {
		return JSON.parse(await readFile(join(folder, intentFilename), "utf8")) as Intent;
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}

/** Whether the folder holds audio that exists nowhere else. Where nobody can tell, it may. */
export async function hasIntent(folder: string): Promise<boolean> {
	return exists(join(folder, intentFilename)).catch(() => true);
}

export async function removeIntent(folder: string): Promise<void> {
	await rm(join(folder, intentFilename), { force: true });
}
