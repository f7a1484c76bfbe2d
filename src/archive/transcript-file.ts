import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareFile } from "../durable/prepared-file.ts";
import { systemErrorCode } from "../errors.ts";
import type { CoverageFacts, FileFacts, TranscriptText } from "../recording.ts";
import type { Coverage, DoubtKind, EngineOutput, Transcript } from "../transcript.ts";
import { spokenBy } from "./spoken-by.ts";

export const transcriptFilename = "transcript.json";
export const plainTextFilename = "transcript.txt";

/**
 * The name under which an engine's output is kept for good: the same audio, engine, model and
 * parameters always give the same name, so that work that was done is found and not done twice.
 */
export function engineFilename(key: {
	audioSha256: string;
	engine: string;
	model: string | null;
	parameters: Record<string, string>;
}): string {
	const parameters = Object.entries(key.parameters).sort(([a], [b]) => (a < b ? -1 : 1));
	const text = JSON.stringify([key.audioSha256, key.engine, key.model, parameters]);
	return `engine.${createHash("sha256").update(text).digest("hex").slice(0, 16)}.json`;
}

export async function readEngineOutput(
	folder: string,
	filename: string,
): Promise<EngineOutput | null> {
	return readJson(join(folder, filename)) as Promise<EngineOutput | null>;
}

/** Prepares an engine's output; it counts when metadata.json lists it. */
export async function prepareEngineOutput(
	folder: string,
	filename: string,
	output: EngineOutput,
): Promise<FileFacts> {
	return prepareFile(folder, filename, `${JSON.stringify(output, null, 1)}\n`);
}

/** The transcript as it stands, or null where there is none or it cannot be read. */
export async function readTranscript(folder: string): Promise<Transcript | null> {
	return readJson(join(folder, transcriptFilename)) as Promise<Transcript | null>;
}

/** The bytes of transcript.json. */
export function serialiseTranscript(transcript: Transcript): string {
	return `${JSON.stringify(transcript, null, 1)}\n`;
}

/** Prepares both the structured and the plain text; returns their facts for `Metadata.files`. */
export async function prepareTranscript(
	folder: string,
	transcript: Transcript,
): Promise<Record<string, FileFacts>> {
	const [structured, plain] = await Promise.all([
		prepareFile(folder, transcriptFilename, serialiseTranscript(transcript)),
		prepareFile(folder, plainTextFilename, `${transcript.text}\n`),
	]);
	return { [transcriptFilename]: structured, [plainTextFilename]: plain };
}

/** The numbers that metadata.json keeps of a transcript's coverage. */
export function coverageFacts(coverage: Coverage): CoverageFacts {
	const { speechSeconds, coveredSeconds, doubts, failedWindows = 0 } = coverage;
	const count = (kind: DoubtKind) => doubts.filter((doubt) => doubt.kind === kind).length;
	return {
		...{ speechSeconds, coveredSeconds },
		...{ gaps: count("gap"), loops: count("loop"), unheard: count("unheard"), failedWindows },
	};
}

/** What the catalogue keeps of a transcript. */
export async function readTranscriptText(folder: string): Promise<TranscriptText | null> {
	const transcript = await readTranscript(folder);
	if (typeof transcript?.text !== "string") return null;
	const { text, originalText = text } = transcript;
	const speakers = spokenBy(transcript);
	return { text, originalText, ...(speakers.length > 0 ? { speakers } : {}) };
}

async function readJson(path: string): Promise<unknown> {
	try {
		return JSON.parse(await readFile(path, "utf8"));
	} catch (error) {
		// A damaged file is found and named by `validate`, which compares hashes; here it is no text.
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}
