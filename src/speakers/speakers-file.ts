import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { prepareFile } from "../durable/prepared-file.ts";
import { systemErrorCode } from "../errors.ts";
import { type FileFacts, type Metadata, originalSha256, type Sha256 } from "../recording.ts";
import type { LabelledTurn } from "./speaker-turns.ts";

export const speakersFilename = "speakers.json";

/** Who speaks when, as the models heard it: the content of `speakers.json`. */
export type SpeakersFile = {
	format: 1;
	/** Of the audio as it came in: what was listened to (D1.12). */
	sourceSha256: Sha256;
	/** Names of the models' files. */
	models: { segmentation: string; embedding: string };
	/** How many there were said to be; null where the models found out. */
	count: number | null;
	/** In order of their starts. */
	turns: LabelledTurn[];
};

/** Null where there is none, or none that can be read: it can be made anew. */
export async function readSpeakers(folder: string): Promise<SpeakersFile | null> {
	let document: unknown;
	try {
		document = JSON.parse(await readFile(join(folder, speakersFilename), "utf8"));
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
	return isSpeakersFile(document) ? document : null;
}

export async function readTurns(folder: string): Promise<LabelledTurn[]> {
	return (await readSpeakers(folder))?.turns ?? [];
}

/** Prepares the file; it counts when metadata.json lists it. */
export async function prepareSpeakers(folder: string, file: SpeakersFile): Promise<FileFacts> {
	// A turn a line: an hour has some hundreds.
	const { turns, ...rest } = file;
	const lines = turns.map((turn) => `\n  ${JSON.stringify(turn)}`).join(",");
	const head = JSON.stringify(rest, null, 1).replace(/\n\}$/, "");
	return prepareFile(folder, speakersFilename, `${head},\n "turns": [${lines}\n ]\n}\n`);
}

/** Whether it was made from other audio, or cannot be read. */
export function isStale(file: SpeakersFile | null, metadata: Metadata): boolean {
	return file?.sourceSha256 !== originalSha256(metadata);
}

/** The same of the file at this path: for whoever looks for what is to be made anew. */
export async function areSpeakersStale(path: string, metadata: Metadata): Promise<boolean> {
	return isStale(await readSpeakers(dirname(path)), metadata);
}

function isSpeakersFile(document: unknown): document is SpeakersFile {
	const file = document as Partial<SpeakersFile> | null;
	return (
		file?.format === 1 &&
		typeof file.sourceSha256 === "string" &&
		typeof file.models?.segmentation === "string" &&
		typeof file.models.embedding === "string" &&
		(file.count === null || typeof file.count === "number") &&
		Array.isArray(file.turns) &&
		file.turns.every(isTurn)
	);
}

function isTurn(turn: Partial<LabelledTurn> | null): boolean {
	return (
		typeof turn?.speaker === "string" &&
		Number.isFinite(turn.startSeconds) &&
		Number.isFinite(turn.endSeconds)
	);
}
