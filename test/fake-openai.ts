import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/**
 * What the fake does with one request. After the script's end every request is answered properly.
 * - `ok`: like the real service, errors for bad requests included
 * - `empty`: a transcript without text
 * - `hang`: reads everything, never answers
 * - `reset`: cuts the connection without an answer; `reset-mid-body`: in the middle of one
 * - `truncated`: complete HTTP, incomplete JSON; `wrong-type`: JSON called text/html;
 *   `page`: 200 with a page for people; `no-body`: 200 with nothing
 * - `drip`: the right answer in small pieces; `huge`: an answer without end
 * - `reject-verbose`: 400 unless asked for plain json; `reject-words`: 400 if asked for word times
 * - `quota`: 429 insufficient_quota
 * - `early`: answers 413 before it has read anything, and cuts the connection
 * - `{ status, retryAfter?, body? }`: that status, with OpenAI's body for it unless given
 */
export type FakeStep =
	| "ok"
	| "empty"
	| "hang"
	| "reset"
	| "reset-mid-body"
	| "truncated"
	| "wrong-type"
	| "page"
	| "no-body"
	| "drip"
	| "huge"
	| "reject-verbose"
	| "reject-words"
	| "quota"
	| "early"
	| { status: number; retryAfter?: string; body?: string };

export type FakeRequest = {
	path: string;
	authorization: string | null;
	headers: IncomingMessage["headers"];
	/** Every field of the form but the file; a name may come more than once. */
	fields: Record<string, string[]>;
	file: { name: string; sizeBytes: number; sha256: string } | null;
	step: FakeStep;
};

export type FakeOpenaiOptions = {
	/** One step per request, in order. */
	script?: FakeStep[];
	/** For every request after the script: a service that is down for good, for instance. */
	otherwise?: FakeStep;
	/** What was said, one entry per segment of two seconds. */
	transcript?: string[];
	language?: string;
	/** Where given, any other key is answered 401. */
	apiKey?: string;
};

export type FakeOpenai = {
	/** With `/v1`, as an engine is configured. */
	baseUrl: string;
	/** What came so far, oldest first. */
	requests: FakeRequest[];
	/** From now on every request after the script is answered like this. */
	answer(step: FakeStep): void;
	close(): Promise<void>;
};

const maxUploadBytes = 26_214_400;
const extensions = /\.(flac|m4a|mp3|mp4|mpeg|mpga|oga|ogg|wav|webm)$/;

/**
 * A fake of OpenAI's `POST /v1/audio/transcriptions` on loopback, as its reference documents it
 * (https://platform.openai.com/docs/api-reference/audio/createTranscription): it parses the form
 * for real, checks what the real one checks, and misbehaves when told to.
 */
export async function startFakeOpenai(options: FakeOpenaiOptions = {}): Promise<FakeOpenai> {
	const script = [...(options.script ?? [])];
	const requests: FakeRequest[] = [];
	let otherwise = options.otherwise ?? "ok";
	const server = createServer((request, response) => {
		const step = script.shift() ?? otherwise;
		answer(request, response, step, options, requests).catch((error) => {
			// A client that went away is part of the game; anything else is this file's mistake.
			if (request.destroyed || response.destroyed) return;
			sendError(response, 500, `fake-openai: ${error}`, "server_error", null);
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}/v1`,
		requests,
		answer(step) {
			otherwise = step;
		},
		async close() {
			server.close();
			server.closeAllConnections();
			await once(server, "close");
		},
	};
}

async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	step: FakeStep,
	options: FakeOpenaiOptions,
	requests: FakeRequest[],
): Promise<void> {
	const path = request.url ?? "";
	if (request.method !== "POST" || !/^\/v1\/audio\/(transcriptions|translations)$/.test(path)) {
		request.resume();
		return sendError(response, 404, `Invalid URL (${request.method} ${path})`, invalid, null);
	}
	if (step === "early") {
		requests.push(describe(request, new FormData(), null, step));
		response.once("finish", () => setTimeout(() => request.socket.destroy(), 50));
		return sendError(response, 413, "413 Request Entity Too Large", invalid, null);
	}
	const form = await readForm(request);
	const file = form?.get("file");
	const audio = file instanceof File ? file : null;
	const bytes = audio === null ? null : Buffer.from(await audio.arrayBuffer());
	requests.push(describe(request, form ?? new FormData(), audio && { audio, bytes }, step));
	if (step === "hang") return;
	if (step === "reset") return void request.socket.resetAndDestroy();
	if (typeof step === "object") return sendStatus(response, step);
	if (step === "quota")
		return sendError(response, 429, quotaText, "insufficient_quota", "insufficient_quota");
	const refusal = refuse(request, form, audio, bytes, step, options.apiKey);
	if (refusal) return sendError(response, ...refusal);
	const body = JSON.stringify(transcription(form ?? new FormData(), step, options));
	await sendBody(request, response, step, body);
}

/** The parser is the platform's own: a form that only looks like one is refused. */
async function readForm(request: IncomingMessage): Promise<FormData | null> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	const type = request.headers["content-type"] ?? "";
	try {
		return await new Response(new Uint8Array(Buffer.concat(chunks)), {
			headers: { "content-type": type },
		}).formData();
	} catch {
		return null;
	}
}

function describe(
	request: IncomingMessage,
	form: FormData,
	file: { audio: File; bytes: Buffer | null } | null,
	step: FakeStep,
): FakeRequest {
	const fields: Record<string, string[]> = {};
	for (const [name, value] of form)
		if (typeof value === "string") {
			fields[name] ??= [];
			fields[name].push(value);
		}
	const sha256 = createHash("sha256")
		.update(file?.bytes ?? "")
		.digest("hex");
	return {
		path: request.url ?? "",
		authorization: request.headers.authorization ?? null,
		headers: request.headers,
		fields,
		file: file && { name: file.audio.name, sizeBytes: file.audio.size, sha256 },
		step,
	};
}

type Refusal = [status: number, message: string, type: string, code: string | null];
const invalid = "invalid_request_error";
const knownFields =
	/^(file|model|language|prompt|response_format|temperature|timestamp_granularities\[\]|include\[\]|chunking_strategy|stream)$/;
const formatsOf = /^(json|text|srt|verbose_json|vtt)$/;

/** What the real service refuses, in the order in which it does. */
function refuse(
	request: IncomingMessage,
	form: FormData | null,
	file: File | null,
	bytes: Buffer | null,
	step: FakeStep,
	apiKey: string | undefined,
): Refusal | null {
	const key = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
	if (apiKey !== undefined && key !== apiKey)
		return [401, `Incorrect API key provided: ${key}.`, invalid, "invalid_api_key"];
	if (form === null) return [400, "Could not parse multipart form", invalid, null];
	for (const name of form.keys())
		if (!knownFields.test(name))
			return [400, `Unknown parameter: '${name}'.`, invalid, "unknown_parameter"];
	if (file === null || bytes === null)
		return [400, "Missing required parameter: 'file'.", invalid, "missing_required_parameter"];
	const model = form.get("model");
	if (typeof model !== "string" || model === "")
		return [400, "you must provide a model parameter", invalid, null];
	if (bytes.length > maxUploadBytes)
		return [413, `Maximum content size limit (${maxUploadBytes}) exceeded`, "server_error", null];
	if (bytes.length === 0 || !extensions.test(file.name))
		return [400, "Invalid file format. Supported formats: ['flac', …]", invalid, null];
	return refuseFormat(form, model, step);
}

function refuseFormat(form: FormData, model: string, step: FakeStep): Refusal | null {
	const format = String(form.get("response_format") ?? "json");
	const granularities = form.getAll("timestamp_granularities[]");
	if (!formatsOf.test(format))
		return [400, `Invalid value: '${format}' for response_format`, invalid, "invalid_value"];
	if (format !== "json" && (step === "reject-verbose" || model.startsWith("gpt-4o")))
		return [
			400,
			`response_format '${format}' is not compatible with model '${model}'. Use 'json' instead.`,
			invalid,
			"unsupported_value",
		];
	if (granularities.length > 0 && format !== "verbose_json")
		return [400, "timestamp_granularities needs verbose_json", invalid, null];
	if (granularities.includes("word") && step === "reject-words")
		return [400, "timestamp_granularities: 'word' is not supported here", invalid, null];
	return null;
}

const secondsPerSegment = 2;

function transcription(form: FormData, step: FakeStep, options: FakeOpenaiOptions): unknown {
	const said = step === "empty" ? [] : (options.transcript ?? ["Hello world.", "It is on wax."]);
	const text = said.join(" ");
	const duration = said.length * secondsPerSegment;
	if (form.get("response_format") !== "verbose_json")
		return { text, usage: { type: "duration", seconds: duration } };
	const granularities = form.getAll("timestamp_granularities[]");
	return {
		task: "transcribe",
		language: options.language ?? "english",
		duration,
		text,
		...(granularities.includes("word") ? { words: said.flatMap(wordsOf) } : {}),
		...(granularities.length === 0 || granularities.includes("segment")
			? { segments: said.map(segmentOf) }
			: {}),
		usage: { type: "duration", seconds: duration },
	};
}

function wordsOf(text: string, index: number) {
	const words = text.split(" ");
	const lengthSeconds = secondsPerSegment / words.length;
	return words.map((word, place) => {
		const start = index * secondsPerSegment + place * lengthSeconds;
		// The real one leaves punctuation out of the words.
		return { word: word.replace(/[.,?!]$/, ""), start, end: start + lengthSeconds };
	});
}

function segmentOf(text: string, index: number) {
	return {
		id: index,
		seek: 0,
		start: index * secondsPerSegment,
		end: (index + 1) * secondsPerSegment,
		text: ` ${text}`,
		tokens: [50364, 50464],
		temperature: 0,
		avg_logprob: -0.29,
		compression_ratio: 0.9,
		no_speech_prob: 0.01,
	};
}

async function sendBody(
	request: IncomingMessage,
	response: ServerResponse,
	step: FakeStep,
	body: string,
): Promise<void> {
	const type = step === "wrong-type" || step === "page" ? "text/html" : "application/json";
	response.setHeader("content-type", type);
	switch (step) {
		case "truncated":
			return void response.end(body.slice(0, body.length / 2));
		case "page":
			return void response.end("<!doctype html><title>Sign in</title><h1>Welcome</h1>");
		case "no-body":
			return void response.end();
		case "reset-mid-body":
			response.setHeader("content-length", Buffer.byteLength(body));
			response.write(body.slice(0, body.length / 2));
			await wait(20);
			return void request.socket.resetAndDestroy();
		case "drip":
			for (let at = 0; at < body.length; at += 64) {
				response.write(body.slice(at, at + 64));
				await wait(1);
			}
			return void response.end();
		case "huge": {
			response.write('{"text":"');
			const piece = "endless ".repeat(32_768);
			while (!response.destroyed) {
				if (!response.write(piece)) await Promise.race([once(response, "drain"), wait(100)]);
			}
			return;
		}
		default:
			return void response.end(body);
	}
}

function sendStatus(
	response: ServerResponse,
	step: { status: number; retryAfter?: string; body?: string },
): void {
	if (step.retryAfter !== undefined) response.setHeader("retry-after", step.retryAfter);
	if (step.body !== undefined) {
		response.statusCode = step.status;
		return void response.end(step.body);
	}
	const type = step.status >= 500 ? "server_error" : invalid;
	const code = step.status === 429 ? "rate_limit_exceeded" : null;
	const text = errorTexts[step.status] ?? `The server answers ${step.status}.`;
	sendError(response, step.status, text, type, code);
}

const quotaText = "You exceeded your current quota, please check your plan and billing details.";
const errorTexts: Record<number, string> = {
	401: "Incorrect API key provided.",
	403: "You are not allowed to use this model.",
	404: "The model does not exist or you do not have access to it.",
	413: `413: Maximum content size limit (${maxUploadBytes}) exceeded (26295549 bytes read)`,
	429: "Rate limit reached for whisper-1: Limit 50 / min.",
	500: "The server had an error while processing your request. Sorry about that!",
	503: "The engine is currently overloaded, please try again later.",
};

function sendError(
	response: ServerResponse,
	status: number,
	message: string,
	type: string,
	code: string | null,
): void {
	response.statusCode = status;
	response.setHeader("content-type", "application/json");
	response.end(JSON.stringify({ error: { message, type, param: null, code } }));
}
