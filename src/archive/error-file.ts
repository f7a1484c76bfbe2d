import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareFile } from "../durable/prepared-file.ts";
import { systemErrorCode } from "../errors.ts";
import type { Attempt } from "../job.ts";
import type { FileFacts, RecordingErrorFacts } from "../recording.ts";

export const errorFilename = "error.json";

/** Every attempt that was ever made and failed, oldest first, and what stands in the end (D0.7). */
export type ErrorFile = { format: 1; error: RecordingErrorFacts; attempts: Attempt[] };

/** The attempts told so far; an unreadable file counts as none, for it is only history. */
export async function readAttempts(folder: string): Promise<Attempt[]> {
	try {
		const document: unknown = JSON.parse(await readFile(join(folder, errorFilename), "utf8"));
		const attempts = (document as Partial<ErrorFile> | null)?.attempts;
		return Array.isArray(attempts) ? attempts : [];
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return [];
		throw error;
	}
}

/** Prepares the history with these attempts added; it counts when metadata.json lists it. */
export async function prepareErrorFile(
	folder: string,
	error: RecordingErrorFacts,
	newAttempts: Attempt[],
): Promise<FileFacts> {
	const attempts = [...(await readAttempts(folder)), ...newAttempts];
	const content: ErrorFile = { format: 1, error, attempts };
	return prepareFile(folder, errorFilename, `${JSON.stringify(content, null, 2)}\n`);
}
