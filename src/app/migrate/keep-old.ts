import { errorFilename, prepareErrorFile } from "../../archive/error-file.ts";
import {
	engineFilename,
	prepareEngineOutput,
	prepareTranscript,
} from "../../archive/transcript-file.ts";
import { composeTranscript } from "../../layers/compose-transcript.ts";
import { type Metadata, originalSha256, type TranscriptText } from "../../recording.ts";
import { cleanEngineOutput } from "../../transcribe/engine-output.ts";
import type { OldRecording } from "./old-recording.ts";

/** Stands as the engine of texts that another program had made. */
const importedEngine = "imported";

/**
 * Writes what the old library knew beside the audio, before the recording counts: the text as an
 * engine's output of its own layer, the history of failures, and the state that follows.
 *
 * @param tellText called with the text that the catalogue is to have
 */
export async function keepOld(
	old: OldRecording,
	folder: string,
	metadata: Metadata,
	tellText: (text: TranscriptText) => void,
): Promise<Partial<Metadata>> {
	const now = new Date().toISOString();
	const events = [
		{ at: now, kind: "migrated", message: `It was ${old.shown} in an older library.` },
	];
	const files = { ...metadata.files };
	// Retention counts from the arrival here, not from a time years ago.
	const fields: Partial<Metadata> = { modifiedAt: now, events, files };
	const model = [old.engine, old.model].filter((part) => part !== null).join("/") || null;
	if (old.output) {
		const about = { engine: importedEngine, model, language: old.output.language };
		// Of audio that is damaged, the length that is left says nothing about the text.
		const durationSeconds = metadata.error === null ? metadata.audio.durationSeconds : null;
		const output = cleanEngineOutput(old.output, { ...about, durationSeconds });
		const engineFile = engineFilename({
			audioSha256: originalSha256(metadata),
			...{ engine: importedEngine, model, parameters: {} },
		});
		files[engineFile] = await prepareEngineOutput(folder, engineFile, output);
		const edit = old.editedText === null ? null : { editedAt: now, text: old.editedText };
		const transcript = composeTranscript({
			...{ engineFile, output, above: { edit } },
			corrected: { text: output.text, segments: output.segments, lexicons: [], lexiconError: null },
		});
		Object.assign(files, await prepareTranscript(folder, transcript));
		tellText({ text: transcript.text, originalText: output.text });
		fields.transcription = {
			...{ engine: importedEngine, model, language: output.language, engineFile },
			latencySeconds: old.latencySeconds ?? 0,
			attempts: old.attempts ?? 1,
			completedAt: metadata.createdAt,
			...{ coverage: null, fallback: null },
		};
		// What cannot be played any more stays failed, with its text.
		if (metadata.error === null) fields.state = "success";
	} else if (old.state === "failed" && metadata.error === null) {
		const message = "It had failed in the older library.";
		const error = old.error ?? { code: "ERR_ENGINE", message, hint: null };
		fields.state = "failed";
		fields.error = error;
		files[errorFilename] = await prepareErrorFile(folder, error, old.history);
	}
	return fields;
}
