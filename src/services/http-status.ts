import { type ErrorCode, OnwaxError } from "../errors.ts";
import { cleanLine } from "./clean-text.ts";
import type { HttpAnswer } from "./http-fetch.ts";
import { redact } from "./redact.ts";
import { parseRetryAfter } from "./retry-after.ts";

type Verdict = { code: ErrorCode; retryable: boolean; hint: string | null };

const longestQuote = 300;

/**
 * The one place where an HTTP status of an engine's service becomes an error. `service` is the
 * address without credentials; `secrets` are taken out of whatever the service said.
 */
export function httpStatusError(
	answer: Pick<HttpAnswer, "status" | "retryAfter" | "body">,
	about: { service: string; secrets: readonly (string | undefined)[]; nowMs: number },
): OnwaxError {
	const said = readServiceError(answer.body);
	const { code, retryable, hint } = judge(answer.status, said.code);
	// Redacted before it is cut: half a key is a secret, too.
	const quote = redact(cleanLine(said.message), about.secrets).slice(0, longestQuote);
	const message = `${about.service} answered ${answer.status}${quote === "" ? "" : `: ${quote}`}`;
	return new OnwaxError(code, message, {
		retryable,
		httpStatus: answer.status,
		...(hint === null ? {} : { hint }),
		...retryAfterOf(answer, retryable, about.nowMs),
	});
}

function judge(status: number, serviceCode: string): Verdict {
	if (status === 402 || /insufficient_quota|billing/.test(serviceCode))
		return permanent(
			"ERR_ENGINE_QUOTA",
			"Check the plan and the credit of the account, then retry.",
		);
	if (status === 401 || status === 403)
		return permanent("ERR_ENGINE_AUTH", "Check the key, and that it may use this model.");
	if (status === 404)
		return permanent("ERR_ENGINE_REJECTED", "Check the model's name and the address (baseUrl).");
	if (status === 408) return transient("ERR_ENGINE_TIMEOUT");
	if (status === 413)
		return permanent(
			"ERR_ENGINE_TOO_LARGE",
			"Lower maxUploadMb of this engine to the service's limit.",
		);
	if (status === 429) return transient("ERR_ENGINE_RATE_LIMIT");
	// 409 is a lock held by a request of ours that was cut off, 425 asks to come again.
	if (status >= 500 || status === 409 || status === 425) return transient("ERR_ENGINE_UNAVAILABLE");
	if (status < 400) return permanent("ERR_ENGINE_REJECTED", "Check the address (baseUrl).");
	return permanent("ERR_ENGINE_REJECTED", null);
}

function permanent(code: ErrorCode, hint: string | null): Verdict {
	return { code, retryable: false, hint };
}

function transient(code: ErrorCode): Verdict {
	return { code, retryable: true, hint: null };
}

function retryAfterOf(answer: Pick<HttpAnswer, "retryAfter">, retryable: boolean, nowMs: number) {
	const seconds = retryable ? parseRetryAfter(answer.retryAfter, nowMs) : null;
	return seconds === null ? {} : { retryAfterSeconds: seconds };
}

/** `{ error: { message, code, type } }` is OpenAI's; others say `{ detail }`, `{ message }` or text. */
function readServiceError(body: string): { code: string; message: string } {
	let parsed: unknown;
	try {
		parsed = JSON.parse(body);
	} catch {
		// A page for people says nothing that fits into one line.
		return { code: "", message: /^\s*</.test(body) ? "" : body };
	}
	const whole = fieldsOf(parsed);
	const error = typeof whole.error === "object" ? fieldsOf(whole.error) : whole;
	const message = error.message ?? whole.error ?? whole.detail ?? "";
	return {
		code: `${error.code ?? ""} ${error.type ?? ""}`,
		message: typeof message === "string" ? message : JSON.stringify(message),
	};
}

function fieldsOf(value: unknown): Record<string, unknown> {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
