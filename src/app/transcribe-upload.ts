import type { Readable } from "node:stream";
import { tooLarge } from "../import/limits.ts";
import { wakeWorkers } from "../jobs/wake.ts";
import { hintParameters } from "../pipeline/transcribe-hints.ts";
import { correlationParameters } from "../telemetry/correlation.ts";
import { languageTag } from "../transcribe/language.ts";
import { engineByModel } from "./engine-by-model.ts";
import { limitsOf } from "./finish-upload.ts";
import type { App } from "./open-app.ts";
import { queueTranscription } from "./retry.ts";
import type { Uploads } from "./uploads.ts";
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
	owner: string;
	originalFilename: string | null;
	/** Of the whole request, where that was told: what cannot fit is refused before it is read. */
	declaredBytes: number | null;
	/** What is wanted, once all has come that was to come. */
	wish: () => Promise<Wish>;
};

export type Asked = {
	name: string;
	id: string;
	/** The same audio was here already; its transcription was not queued by this. */
	known: boolean;
	/** The engine that must make the text; null for any. */
	engine: string | null;
};

/** What a form may hold besides the audio. */
const formBytes = 1_000_000;

/**
 * Keeps audio, and has it transcribed. When this returns the audio is safe and its transcription is
 * queued, goes on by itself where an engine fails that may answer later, and depends on nobody's
 * waiting. Audio that is here already, with a text by the engine that is wanted, is not asked for
 * again.
 */
export async function transcribeUpload(
	app: App,
	uploads: Uploads,
	upload: UploadToTranscribe,
): Promise<Asked> {
	const { stream, owner, originalFilename, declaredBytes } = upload;
	const limits = limitsOf(app);
	if (declaredBytes !== null && declaredBytes > limits.maxBytes + formBytes) {
		throw tooLarge(originalFilename ?? "The audio", limits);
	}
	let engine: string | null = null;
	const cause = correlationParameters();
	let parameters: Record<string, string> = {};
	const { name, id, known } = await uploads.keep(stream, {
		...{ owner, originalFilename, title: null, tags: [], source: "api" },
		...{ lengthBytes: null, sha256: null, idempotencyKey: null },
		...{ way: "openai", isAnyFormat: true },
		roomBytes: declaredBytes && Math.min(declaredBytes, limits.maxBytes),
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
	if (known) await askAgain(app, name, engine, parameters);
	wakeWorkers();
	return { name, id, known, engine };
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
