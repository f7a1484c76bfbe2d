import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { prepareFile } from "../durable/prepared-file.ts";
import { systemErrorCode } from "../errors.ts";
import { type FileFacts, type Metadata, originalSha256, type Sha256 } from "../recording.ts";
import type { Segment } from "../transcript.ts";
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

/** Null where there is no file that can be read, which is not the same as nobody speaking. */
export async function readTurns(folder: string): Promise<LabelledTurn[] | null> {
	return (await readSpeakers(folder))?.turns ?? null;
}

/**
 * Who speaks when, for a text that is put together anew. Where the file is lost, it is what the labels
 * in the text of before still say: losing the file takes nobody's words from them.
 *
 * @param before the transcript as it stands; null where there is none
 */
export async function turnsUnder(
	folder: string,
	before: { segments: readonly Segment[] } | null,
): Promise<LabelledTurn[]> {
	return (await readTurns(folder)) ?? turnsInSegments(before?.segments);
}

/** Also of a transcript that was damaged: what does not read as a label is left out. */
function turnsInSegments(segments: unknown): LabelledTurn[] {
	if (!Array.isArray(segments)) return [];
	return segments.filter(isTurn).map(({ startSeconds, endSeconds, speaker }) => ({
		...{ startSeconds, endSeconds, speaker },
	}));
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

function isTurn(turn: Partial<LabelledTurn> | null): turn is LabelledTurn {
	return (
		typeof turn?.speaker === "string" &&
		Number.isFinite(turn.startSeconds) &&
		Number.isFinite(turn.endSeconds)
	);
}
