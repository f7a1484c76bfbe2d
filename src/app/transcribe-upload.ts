import type { Readable } from "node:stream";
import { wakeWorkers } from "../jobs/wake.ts";
import type { UploadWay } from "../observation.ts";
import { hintParameters } from "../pipeline/transcribe-hints.ts";
import { correlationParameters } from "../telemetry/correlation.ts";
import { languageTag } from "../transcribe/language.ts";
import { engineByModel } from "./engine-by-model.ts";
import { type KeptAudio, keepSentAudio } from "./keep-sent-audio.ts";
import type { App } from "./open-app.ts";
import { queueTranscription } from "./retry.ts";
import { openTranscription } from "./wait-for-text.ts";

export type Wish = {
	/** As a client of a service names it; see `engineByModel`. Null for the default. */
	model: string | null;
	/** As a person or a program calls it; what is no language is passed over. */
	language: string | null;
	prompt: string | null;
};

export type UploadToTranscribe = {
	stream: Readable;
	originalFilename: string | null;
	declaredBytes: number | null;
	way: UploadWay;
	/** What is wanted, once all has come that was to come. */
	wish: () => Promise<Wish>;
};

export type Asked = KeptAudio & {
	/** The engine that must make the text; null for any. */
	engine: string | null;
};

/**
 * Keeps audio, and has it transcribed. When this returns the audio is safe and its transcription is
 * queued, goes on by itself where an engine fails that may answer later, and depends on nobody's
 * waiting. Audio that is here already, with a text by the engine that is wanted, is not asked for
 * again.
 */
export async function transcribeUpload(app: App, upload: UploadToTranscribe): Promise<Asked> {
	const { stream, originalFilename, declaredBytes, way } = upload;
	let engine: string | null = null;
	const cause = correlationParameters();
	let parameters: Record<string, string> = {};
	const kept = await keepSentAudio(app, {
		...{ stream, originalFilename, declaredBytes, way },
		async complete() {
			const { model, language, prompt } = await upload.wish();
			engine = model === null ? null : await engineByModel(app, model);
			parameters = {
				...(engine === null ? {} : { engine }),
				...hintParameters({ language: languageTag(language), prompt, goesOn: true }),
				...cause,
			};
			return parameters;
		},
	});
	if (kept.known) await askAgain(app, kept.name, engine, parameters);
	wakeWorkers();
	return { ...kept, engine };
}

async function askAgain(
	app: App,
	name: string,
	engine: string | null,
	parameters: Record<string, string>,
): Promise<void> {
	const recording = await app.library.catalogue.get(name);
	if (recording === null) return;
	const { metadata, transcript } = recording;
	const isMeant = engine === null || metadata.transcription?.engine === engine;
	if (transcript !== null && isMeant) return;
	// No engine can do what no decoder can.
	if (metadata.error?.code === "ERR_AUDIO_UNREADABLE") return;
	const open = await openTranscription(app, name);
	// Being done, or about to be: the client that sent this twice waits for the same text.
	if (open !== null && (open.state === "running" || open.errorCode === null)) return;
	await queueTranscription(app, name, parameters, () => {});
}
