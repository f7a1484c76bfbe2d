import { availableParallelism } from "node:os";
import { basename, isAbsolute, join, resolve } from "node:path";
import { OnwaxError } from "../errors.ts";
import { modelSizeBytes, readModelFolderNow } from "../speech/model-folder.ts";
import type { ModelFamily, Recognised, RecognitionModel } from "../speech/speech.ts";
import type { Engine, TranscribeRequest } from "./engine.ts";
import type { EngineGround, SherpaEngineConfig } from "./engine-config.ts";
import { cleanEngineOutput, type RawOutput } from "./engine-output.ts";
import { languageTag } from "./language.ts";
import { segmentsFromWords } from "./segments-from-words.ts";
import { wordsFromTokens } from "./words-from-tokens.ts";

/** Attention over more than this takes more and more memory, and a crash costs more. */
const defaultWindowSeconds = 60;
/** Whisper hears 30 s at once, and leaves out what is longer. */
const longestWhisperSeconds = 28;

const defaultTimeoutSeconds = 600;
const mostConcurrency = 4;
/** More bring little. */
const mostThreads = 8;

/**
 * Models on this machine, by sherpa-onnx in a process of its own. Which model it is, is read anew for
 * each request: it may have been fetched in the meantime.
 */
export function createSherpaEngine(
	name: string,
	config: SherpaEngineConfig,
	ground: EngineGround,
): Engine {
	const folder = folderOf(config.model, ground.modelsFolder);
	const label = basename(folder);
	const now = readModelFolderNow(folder);
	const { threads, threadsAlone, concurrency } = share(config);

	const find = (): RecognitionModel => {
		const model = readModelFolderNow(folder);
		if (model) return model;
		throw new OnwaxError("ERR_ENGINE_MISSING", missing(label), { hint: missingHint(label) });
	};
	const transcribe = async (request: TranscribeRequest) => {
		const model = find();
		const heard = await ground.speech.recognise(model, request.audioPath, {
			threads: request.isAlone ? threadsAlone : threads,
			language: languageTag(request.language),
			setting: request.setting ?? "usual",
			vocabulary: request.vocabulary ?? [],
			timeoutSeconds: config.timeoutSeconds ?? defaultTimeoutSeconds,
			signal: request.signal,
		});
		return cleanEngineOutput(toRaw(heard, request.durationSeconds), {
			...{ engine: name, model: label },
			...{ language: request.language, durationSeconds: request.durationSeconds },
		});
	};
	return {
		...{ name, type: "sherpa", model: label, concurrency, transcribe },
		input: {
			...{ container: "wav", sampleRate: 16_000, channels: 1, maxBytes: null, extensions: null },
			maxSeconds: windowSeconds(config, now?.family ?? null),
		},
		takesVocabulary: now?.files.bpeVocab !== undefined,
		parameters: {
			model: label,
			...(now && { family: now.family, bytes: String(modelSizeBytes(now)) }),
		},
		check: async () => {
			const model = readModelFolderNow(folder);
			if (model === null) return { ok: false, message: missing(label), hint: missingHint(label) };
			const megabytes = Math.max(1, Math.round(modelSizeBytes(model) / 1e6));
			const message = `The model ${label} is on this computer (${model.family}, ${megabytes} MB).`;
			return { ok: true, message, hint: null };
		},
	};
}

/** A name is a folder among the models; what has a slash in it is a path. */
function folderOf(model: string, modelsFolder: string): string {
	const isPath = isAbsolute(model) || /[/\\]/.test(model) || model === "." || model === "..";
	return isPath ? resolve(model) : join(modelsFolder, model);
}

function windowSeconds(config: SherpaEngineConfig, family: ModelFamily | null): number | null {
	const wanted = config.windowSeconds ?? defaultWindowSeconds;
	if (family === "whisper") return Math.min(wanted || longestWhisperSeconds, longestWhisperSeconds);
	return wanted || null;
}

/** So that all windows together keep the processor busy, and do not get in one another's way. */
function share({ threads, concurrency }: SherpaEngineConfig) {
	const cores = availableParallelism();
	const atOnce =
		concurrency ?? Math.max(1, Math.min(mostConcurrency, Math.floor(cores / (threads ?? 1))));
	return {
		concurrency: atOnce,
		threads: threads ?? Math.max(1, Math.floor(cores / atOnce)),
		// Somebody who dictates waits for this one: nearly twice as fast on two cores.
		threadsAlone: threads ?? Math.min(cores, mostThreads),
	};
}

function toRaw(heard: Recognised, durationSeconds: number | null): RawOutput {
	const { text, language } = heard;
	const words = wordsFromTokens(heard.tokens);
	if (words.length > 0) return { text, language, segments: segmentsFromWords(words) };
	if (heard.segments.length > 0)
		return { text, language, segments: heard.segments.map((one) => ({ ...one, words: [] })) };
	// Times of words are not to be had: all that is known is that it was said in this window.
	const whole = { startSeconds: 0, endSeconds: durationSeconds ?? Number.NaN };
	const segments = text === "" || durationSeconds === null ? [] : [{ text, ...whole, words: [] }];
	return { text, language, segments };
}

function missing(label: string): string {
	return `The model ${label} is not on this computer, or its folder is not complete.`;
}

function missingHint(label: string): string {
	return `Get it with \`onwax model pull ${label}\`; \`onwax model list\` shows what there is. The audio is kept.`;
}
