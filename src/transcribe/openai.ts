import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { HttpAnswer } from "../services/http-fetch.ts";
import { httpStatusError } from "../services/http-status.ts";
import {
	askService,
	defaultBaseUrl,
	type OpenaiService,
	readService,
	requireKey,
} from "../services/openai-service.ts";
import { redact } from "../services/redact.ts";
import type { EngineOutput } from "../transcript.ts";
import type { Engine, TranscribeRequest } from "./engine.ts";
import { type Environment, type OpenaiEngineConfig, windowLength } from "./engine-config.ts";
import { cleanEngineOutput, maxOutputBytes } from "./engine-output.ts";
import { primaryLanguage } from "./language.ts";
import { promptOf } from "./prompt.ts";
import { readTranscriptJson } from "./transcript-json.ts";

export const defaultModel = "whisper-1";
export const defaultApiKeyEnv = "OPENAI_API_KEY";
const defaultTimeoutSeconds = 600;
const defaultMaxUploadMb = 25;
/** The service counts the whole request: the form's other fields must fit beside the file. */
const uploadMarginBytes = 64 * 1024;
/** Windows at once: a service has room for a few, and limits how many requests it takes. */
const defaultConcurrency = 4;
/** Hears something else where the most probable words were none (`setting: "other"`). */
const otherTemperature = 0.4;
/** What the service reads; it goes by the name of the file. */
const extensions = [
	"flac",
	"m4a",
	"mp3",
	"mp4",
	"mpeg",
	"mpga",
	"oga",
	"ogg",
	"opus",
	"wav",
	"webm",
];

/** From the most detailed to the least; a service that rejects one is asked for the next. */
const formats = ["words", "segments", "text"] as const;
type Format = (typeof formats)[number];

/** What the address ends with. */
type Task = "transcriptions" | "translations";

type Service = OpenaiService & { model: string; prompt: string | null };

/**
 * Any service that speaks OpenAI's `POST /audio/transcriptions`, through the official client
 * (https://platform.openai.com/docs/api-reference/audio/createTranscription).
 *
 * Asks for word and segment times; a service or a model that rejects that is asked for less, and
 * the engine remembers it for as long as it lives.
 */
export function createOpenaiEngine(
	name: string,
	config: OpenaiEngineConfig,
	environment: Environment,
): Engine {
	const service = readConfig(name, config, environment);
	const maxBytes = (config.maxUploadMb ?? defaultMaxUploadMb) * 1024 * 1024 - uploadMarginBytes;
	let format: Format = knownFormat(service.model);

	const transcribe = (request: TranscribeRequest) => hear(request, "transcriptions");

	async function hear(request: TranscribeRequest, task: Task): Promise<EngineOutput> {
		requireKey(service);
		const file = await openUpload(request.audioPath, maxBytes);
		for (;;) {
			const asked = format;
			const answer = await ask(service, asked, file, request, task);
			if (answer.status >= 200 && answer.status < 300)
				return cleanEngineOutput(readTranscriptJson(parseAnswer(answer, service)), {
					engine: name,
					model: service.model,
					language: request.language,
					durationSeconds: request.durationSeconds,
				});
			const lesser = lesserFormat(asked, answer);
			if (lesser === null)
				throw httpStatusError(answer, {
					service: service.address,
					secrets: [service.apiKey ?? undefined],
					nowMs: Date.now(),
				});
			format = lesser;
		}
	}

	return {
		name,
		type: "openai",
		model: service.model,
		input: {
			...{ container: "any", sampleRate: null, channels: null, maxBytes, extensions },
			maxSeconds: windowLength(config),
		},
		concurrency: config.concurrency ?? defaultConcurrency,
		takesVocabulary: true,
		parameters: {
			address: service.address,
			model: service.model,
			...(service.prompt === null ? {} : { prompt: service.prompt }),
		},
		transcribe,
		translate: (request) => hear(request, "translations"),
		async check() {
			try {
				requireKey(service);
			} catch (error) {
				const { message, hint } = toOnwaxError(error);
				return { ok: false, message, hint };
			}
			const key = service.apiKey === null ? "without a key" : `key in ${service.apiKeyEnv}`;
			return { ok: true, message: `${service.model} at ${service.address}, ${key}`, hint: null };
		},
	};
}

function readConfig(name: string, config: OpenaiEngineConfig, environment: Environment): Service {
	const service = readService(
		`engines.${name}`,
		{
			baseUrl: config.baseUrl ?? defaultBaseUrl,
			apiKeyEnv: config.apiKeyEnv ?? defaultApiKeyEnv,
			timeoutSeconds: config.timeoutSeconds ?? defaultTimeoutSeconds,
		},
		environment,
	);
	return { ...service, model: config.model ?? defaultModel, prompt: config.prompt ?? null };
}

async function openUpload(audioPath: string, maxBytes: number): Promise<File> {
	try {
		const { size } = await stat(audioPath);
		if (size > maxBytes)
			throw new OnwaxError(
				"ERR_ENGINE_TOO_LARGE",
				`The audio has ${size} bytes; the service takes ${maxBytes}.`,
				{ hint: "Split the recording, or use an engine without a limit." },
			);
		// Not its own name: that may say more than the audio does. Ogg is what the service calls
		// a file that Opus tools name .opus.
		const extension = extname(audioPath).toLowerCase().replace(".opus", ".ogg") || ".wav";
		return new File([await openAsBlob(audioPath)], `audio${extension}`);
	} catch (error) {
		throw toOnwaxError(error, "ERR_ENGINE");
	}
}

function ask(
	service: Service,
	format: Format,
	file: File,
	request: TranscribeRequest,
	task: Task,
): Promise<HttpAnswer> {
	const asking = {
		signal: request.signal,
		maxAnswerBytes: maxOutputBytes,
		interrupted: "The transcription was interrupted.",
		timeoutHint: "Raise timeoutSeconds of this engine if it only needs longer.",
	};
	const language = primaryLanguage(request.language);
	const isOther = request.setting === "other";
	// Words that are expected are words that may be heard where there are none.
	const prompt = promptOf(service.prompt, isOther ? [] : (request.vocabulary ?? []));
	const common = {
		...{ file, model: service.model },
		...(prompt === null ? {} : { prompt }),
		...(isOther ? { temperature: otherTemperature } : {}),
	};
	const responseFormat = format === "text" ? "json" : "verbose_json";
	return askService(service, asking, (client, signal) =>
		task === "translations"
			? client.audio.translations.create({ ...common, response_format: responseFormat }, { signal })
			: client.audio.transcriptions.create(
					{
						...common,
						response_format: responseFormat,
						...(format === "words" ? { timestamp_granularities: ["word", "segment"] } : {}),
						...(language === null ? {} : { language }),
					},
					{ signal },
				),
	);
}

/** OpenAI's newer models give text only, and say so in their documentation. */
function knownFormat(model: string): Format {
	return /^gpt-4o(-mini)?-transcribe/.test(model) ? "text" : "words";
}

function lesserFormat(format: Format, answer: HttpAnswer): Format | null {
	if (format === "text" || (answer.status !== 400 && answer.status !== 422)) return null;
	if (/response_format|verbose_json/i.test(answer.body)) {
		// "timestamp_granularities needs response_format verbose_json" names both, and is about
		// the first; so does a service that knows neither, which is then asked once more.
		const aboutTimes = format === "words" && /timestamp_granularit/i.test(answer.body);
		return aboutTimes ? "segments" : "text";
	}
	return format === "words" && /timestamp_granularit/i.test(answer.body) ? "segments" : null;
}

function parseAnswer(answer: HttpAnswer, service: Service): unknown {
	try {
		return JSON.parse(answer.body);
	} catch {
		const beginning = redact(answer.body, [service.apiKey ?? undefined]).slice(0, 40);
		throw new OnwaxError(
			"ERR_ENGINE_OUTPUT",
			`${service.address} answered ${answer.status} with something that is not complete JSON: ${JSON.stringify(beginning)}`,
			{ retryable: true, httpStatus: answer.status },
		);
	}
}
