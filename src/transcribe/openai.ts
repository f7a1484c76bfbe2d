import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { EngineOutput } from "../transcript.ts";
import { connectionError } from "./connection-error.ts";
import type { Engine, TranscribeRequest } from "./engine.ts";
import { type Environment, type OpenaiEngineConfig, windowLength } from "./engine-config.ts";
import { cleanEngineOutput, maxOutputBytes } from "./engine-output.ts";
import type { HttpAnswer } from "./http-fetch.ts";
import { httpStatusError } from "./http-status.ts";
import { primaryLanguage } from "./language.ts";
import { redact } from "./redact.ts";
import { readTranscriptJson } from "./transcript-json.ts";

export const defaultBaseUrl = "https://api.openai.com/v1";
export const defaultModel = "whisper-1";
export const defaultApiKeyEnv = "OPENAI_API_KEY";
const defaultTimeoutSeconds = 600;
const defaultMaxUploadMb = 25;
/** The service counts the whole request: the form's other fields must fit beside the file. */
const uploadMarginBytes = 64 * 1024;
/** Windows at once: a service has room for a few, and limits how many requests it takes. */
const defaultConcurrency = 4;
const idleTimeoutMs = 60_000;
/** How much later the client's own time limit comes, which must never come first. */
const clientTimeoutMarginMs = 60_000;
/** A longer timer would fire at once. */
const longestTimeoutMs = 2 ** 31 - 1 - clientTimeoutMarginMs;
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

type Service = {
	baseUrl: string;
	/** The address for messages: without user, password and query. */
	address: string;
	model: string;
	prompt: string | null;
	apiKeyEnv: string;
	apiKey: string | null;
	loopback: boolean;
	timeoutMs: number;
};

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

	async function transcribe(request: TranscribeRequest): Promise<EngineOutput> {
		requireKey(service);
		const file = await openUpload(request.audioPath, maxBytes);
		for (;;) {
			const asked = format;
			const answer = await ask(service, asked, file, request);
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
	const baseUrl = (config.baseUrl ?? defaultBaseUrl).replace(/\/+$/, "");
	const url = URL.parse(baseUrl);
	if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
		throw new OnwaxError("ERR_CONFIG", `engines.${name}.baseUrl is not an address this can use`, {
			hint: `Write it like ${defaultBaseUrl}, without user and password.`,
		});
	const apiKeyEnv = config.apiKeyEnv ?? defaultApiKeyEnv;
	return {
		baseUrl,
		address: `${url.origin}${url.pathname}`.replace(/\/$/, ""),
		model: config.model ?? defaultModel,
		prompt: config.prompt ?? null,
		apiKeyEnv,
		apiKey: environment[apiKeyEnv]?.trim() || null,
		loopback: /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname),
		timeoutMs: Math.min((config.timeoutSeconds ?? defaultTimeoutSeconds) * 1000, longestTimeoutMs),
	};
}

function requireKey(service: Service): void {
	// A stray newline or quote from a file; the error of whoever meets it later would quote the key.
	if (service.apiKey !== null && !/^[\x21-\x7e]+$/.test(service.apiKey))
		throw new OnwaxError("ERR_ENGINE_AUTH", `What ${service.apiKeyEnv} holds is not a key`, {
			hint: `Put the key alone into ${service.apiKeyEnv}, on one line.`,
		});
	if (service.apiKey !== null || service.loopback) return;
	throw new OnwaxError("ERR_ENGINE_AUTH", `No key for ${service.address}`, {
		hint: `Put the key into the environment variable ${service.apiKeyEnv}.`,
	});
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

/** One request. Whatever the service answered is returned; only a failure to get that far throws. */
async function ask(
	service: Service,
	format: Format,
	file: File,
	request: TranscribeRequest,
): Promise<HttpAnswer> {
	const timeLimit = AbortSignal.timeout(service.timeoutMs);
	const signal = AbortSignal.any([request.signal, timeLimit]);
	// The client wraps and shortens what it meets; what really happened is kept here.
	const seen: { answer: HttpAnswer | null; failure: unknown } = { answer: null, failure: null };
	// Here, because node:http alone takes 25 ms to load, which a `command` engine never needs.
	const { httpFetch } = await import("./http-fetch.ts");
	const send = httpFetch({ idleTimeoutMs, maxAnswerBytes: maxOutputBytes }, (answer) => {
		seen.answer = answer;
	});
	const fetch = async (...target: Parameters<typeof send>): Promise<Response> => {
		try {
			return await send(...target);
		} catch (error) {
			seen.failure = error;
			throw error;
		}
	};
	try {
		await createTranscription(service, format, file, request, {
			signal,
			fetch: Object.assign(fetch, { Response }),
		});
	} catch (error) {
		seen.failure ??= error;
	}
	if (request.signal.aborted)
		throw new OnwaxError("ERR_INTERRUPTED", "The transcription was interrupted.");
	if (seen.answer !== null) return seen.answer;
	if (timeLimit.aborted)
		throw new OnwaxError(
			"ERR_ENGINE_TIMEOUT",
			`${service.address} did not answer within ${service.timeoutMs / 1000} s`,
			{ retryable: true, hint: "Raise timeoutSeconds of this engine if it only needs longer." },
		);
	throw connectionError(seen.failure, service.address);
}

async function createTranscription(
	service: Service,
	format: Format,
	file: File,
	request: TranscribeRequest,
	transport: { signal: AbortSignal; fetch: typeof fetch },
): Promise<void> {
	const { OpenAI } = await import("openai");
	const official = service.baseUrl === defaultBaseUrl;
	const client = new OpenAI({
		baseURL: service.baseUrl,
		apiKey: service.apiKey ?? "none",
		...(service.apiKey === null ? { defaultHeaders: { Authorization: null } } : {}),
		adminAPIKey: null,
		// From the environment, and nobody's business but the official service's.
		...(official ? {} : { organization: null, project: null }),
		maxRetries: 0,
		timeout: service.timeoutMs + clientTimeoutMarginMs,
		logLevel: "off",
		fetch: transport.fetch,
	});
	const language = primaryLanguage(request.language);
	await client.audio.transcriptions.create(
		{
			file,
			model: service.model,
			response_format: format === "text" ? "json" : "verbose_json",
			...(format === "words" ? { timestamp_granularities: ["word", "segment"] } : {}),
			...(language === null ? {} : { language }),
			...(service.prompt === null ? {} : { prompt: service.prompt }),
		},
		{ signal: transport.signal },
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
