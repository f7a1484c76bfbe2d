import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
	plainTextFilename,
	readTranscript,
	transcriptFilename,
} from "../archive/transcript-file.ts";
import { OnwaxError } from "../errors.ts";
import type { Metadata } from "../recording.ts";
import { type Finding, finding } from "./finding.ts";

/**
 * Whether the transcript's files tell one story: the state, the structured text, the plain text and
 * the engine's own words. `whole` names the files whose bytes are right; others are named already.
 */
export async function examineTranscript(
	folder: string,
	metadata: Metadata,
	whole: ReadonlySet<string>,
): Promise<Finding[]> {
	const { name, files } = metadata;
	const stale = (file: string, message: string, hint: string | null = null) =>
		finding(name, file, "transcript-stale", message, hint);
	const again = `\`onwax validate ${name} --repair\` makes it again.`;
	if (!files[transcriptFilename]) {
		if (metadata.state !== "success") return [];
		return [stale(transcriptFilename, "there is none, although the state is success", again)];
	}
	if (!whole.has(transcriptFilename)) return [];
	const transcript = await readTranscript(folder).catch(ignoreUnreadable);
	if (typeof transcript?.text !== "string") {
		return [stale(transcriptFilename, "holds no transcript", again)];
	}
	const findings: Finding[] = [];
	if (!files[transcript.engineFile]) {
		const message = `what the engine said (${transcript.engineFile}) is not there; this text stands`;
		const hint = `\`onwax retry ${name}\` asks the engine again; until then the text cannot be edited or corrected.`;
		findings.push(stale(transcriptFilename, message, hint));
	}
	if (files[plainTextFilename] === undefined) {
		findings.push(stale(plainTextFilename, "is missing beside transcript.json", again));
	} else if (whole.has(plainTextFilename)) {
		const plain = await readFile(join(folder, plainTextFilename), "utf8").catch(ignoreUnreadable);
		if (plain !== null && plain !== `${transcript.text}\n`) {
			findings.push(stale(plainTextFilename, "says something else than transcript.json", again));
		}
	}
	return findings;
}

/** Read whole a moment ago: what fails now is named by the next validation. */
function ignoreUnreadable(error: unknown): null {
	if (error instanceof Error && !(error instanceof OnwaxError)) return null;
	throw error;
}
