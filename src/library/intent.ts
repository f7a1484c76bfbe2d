import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists } from "../durable/exists.ts";
import { publishFile } from "../durable/publish-file.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { systemErrorCode } from "../errors.ts";
import { type Source, sources } from "../recording.ts";

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

/** Null where there is none, and where what is there makes no sense (then `hasIntent` says that it is there). */
export async function readIntent(folder: string): Promise<Intent | null> {
	try {
		return parseIntent(JSON.parse(await readFile(join(folder, intentFilename), "utf8")));
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}

/** By hand, not by a schema: a recorder reads none, and recovery is to hang on as little as possible. */
function parseIntent(value: unknown): Intent | null {
	const intent = value as Intent | null;
	if (typeof intent !== "object" || intent === null || intent.format !== 1) return null;
	const { source, originalFilename, title, tags, audioFile, capture } = intent;
	const isWhole =
		sources.includes(source) &&
		isTextOrNull(originalFilename) &&
		isTextOrNull(title) &&
		Array.isArray(tags) &&
		tags.every((tag) => typeof tag === "string") &&
		// A name that leads out of the folder is nobody's.
		typeof audioFile === "string" &&
		/^audio(\.[a-z0-9]{1,10})?$/i.test(audioFile) &&
		(capture === undefined || isCapture(capture));
	return isWhole ? intent : null;
}

function isTextOrNull(value: unknown): boolean {
	return value === null || typeof value === "string";
}

function isCapture(capture: CaptureIntent): boolean {
	if (typeof capture !== "object" || capture === null) return false;
	const { sampleRate, channels, device, startedAt, bootId } = capture;
	return (
		isWithin(sampleRate, 1, 1_000_000) &&
		isWithin(channels, 1, 64) &&
		typeof device === "string" &&
		/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{1,6}Z$/.test(startedAt) &&
		isTextOrNull(bootId)
	);
}

function isWithin(value: unknown, least: number, most: number): boolean {
	return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

/** Whether the folder holds audio that exists nowhere else. Where nobody can tell, it may. */
export async function hasIntent(folder: string): Promise<boolean> {
	return exists(join(folder, intentFilename)).catch(() => true);
}

export async function removeIntent(folder: string): Promise<void> {
	await rm(join(folder, intentFilename), { force: true });
}
