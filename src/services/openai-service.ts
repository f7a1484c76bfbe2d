import type { OpenAI } from "openai";
import { OnwaxError } from "../errors.ts";
import { connectionError } from "./connection-error.ts";
import type { HttpAnswer } from "./http-fetch.ts";

export const defaultBaseUrl = "https://api.openai.com/v1";
const idleTimeoutMs = 60_000;
/** How much later the client's own time limit comes, which must never come first. */
const clientTimeoutMarginMs = 60_000;
/** A longer timer would fire at once. */
const longestTimeoutMs = 2 ** 31 - 1 - clientTimeoutMarginMs;

/** A service that speaks OpenAI's language, and how it may be asked. */
export type OpenaiService = {
	baseUrl: string;
	/** The address for messages: without user, password and query. */
	address: string;
	apiKeyEnv: string;
	/** A secret: in no message, no log, no file. */
	apiKey: string | null;
	/** On this machine; it may go without a key. */
	loopback: boolean;
	timeoutMs: number;
};

type ServiceConfig = { baseUrl: string; apiKeyEnv: string; timeoutSeconds: number };

/**
 * Reads what the configuration says about a service. `where` is the place in it, for messages.
 *
 * @throws ERR_CONFIG for an address that cannot be used
 */
export function readService(
	where: string,
	{ baseUrl: given, apiKeyEnv, timeoutSeconds }: ServiceConfig,
	environment: Readonly<Record<string, string | undefined>>,
): OpenaiService {
	const baseUrl = given.replace(/\/+$/, "");
	const url = URL.parse(baseUrl);
	if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
		throw new OnwaxError("ERR_CONFIG", `${where}.baseUrl is not an address this can use`, {
			hint: `Write it like ${defaultBaseUrl}, without user and password.`,
		});
	return {
		baseUrl,
		address: `${url.origin}${url.pathname}`.replace(/\/$/, ""),
		apiKeyEnv,
		apiKey: environment[apiKeyEnv]?.trim() || null,
		loopback: /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname),
		timeoutMs: Math.min(timeoutSeconds * 1000, longestTimeoutMs),
	};
}

/** @throws ERR_ENGINE_AUTH where there is no key and one is needed, or what is there is none */
export function requireKey(service: OpenaiService): void {
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

export type Asking = {
	signal: AbortSignal;
	maxAnswerBytes: number;
	/** What is said where `signal` was aborted. */
	interrupted: string;
	/** Which setting makes the time limit longer. */
	timeoutHint: string;
};

/**
 * One request through the official client, its own retries off. Whatever the service answered is
 * returned, a refusal too; only a failure to get that far throws: ERR_INTERRUPTED,
 * ERR_ENGINE_TIMEOUT, ERR_ENGINE_UNAVAILABLE, or what `httpFetch` says.
 */
export async function askService(
	service: OpenaiService,
	{ signal: given, maxAnswerBytes, interrupted, timeoutHint }: Asking,
	call: (client: OpenAI, signal: AbortSignal) => Promise<unknown>,
): Promise<HttpAnswer> {
	const timeLimit = AbortSignal.timeout(service.timeoutMs);
	const signal = AbortSignal.any([given, timeLimit]);
	// The client wraps and shortens what it meets; what really happened is kept here.
	const seen: { answer: HttpAnswer | null; failure: unknown } = { answer: null, failure: null };
	// Here, because node:http alone takes 25 ms to load, which a `command` engine never needs.
	const { httpFetch } = await import("./http-fetch.ts");
	const send = httpFetch({ idleTimeoutMs, maxAnswerBytes }, (answer) => {
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
		const client = await openClient(service, Object.assign(fetch, { Response }));
		await call(client, signal);
	} catch (error) {
		seen.failure ??= error;
	}
	if (given.aborted) throw new OnwaxError("ERR_INTERRUPTED", interrupted);
	if (seen.answer !== null) return seen.answer;
	if (timeLimit.aborted)
		throw new OnwaxError(
			"ERR_ENGINE_TIMEOUT",
			`${service.address} did not answer within ${service.timeoutMs / 1000} s`,
			{ retryable: true, hint: timeoutHint },
		);
	throw connectionError(seen.failure, service.address);
}

async function openClient(service: OpenaiService, send: typeof fetch): Promise<OpenAI> {
	const { OpenAI } = await import("openai");
	const official = service.baseUrl === defaultBaseUrl;
	return new OpenAI({
		baseURL: service.baseUrl,
		apiKey: service.apiKey ?? "none",
		...(service.apiKey === null ? { defaultHeaders: { Authorization: null } } : {}),
		adminAPIKey: null,
		// From the environment, and nobody's business but the official service's.
		...(official ? {} : { organization: null, project: null }),
		maxRetries: 0,
		timeout: service.timeoutMs + clientTimeoutMarginMs,
		logLevel: "off",
		fetch: send,
	});
}
