import type { FastifyReply } from "fastify";
import { type ErrorCode, type OnwaxError, toOnwaxError } from "../errors.ts";
import type { Problem } from "./contract/problem.ts";

/** What is not here is our own fault: 500. */
const statuses: Partial<Record<ErrorCode, number>> = {
	ERR_USAGE: 400,
	ERR_NAME: 400,
	ERR_AMBIGUOUS: 400,
	ERR_EMPTY: 400,
	ERR_CONFIG: 400,
	ERR_LEXICON: 400,
	ERR_AUTH: 401,
	ERR_FORBIDDEN: 403,
	ERR_NOT_FOUND: 404,
	ERR_ENGINE_UNKNOWN: 404,
	ERR_TIMEOUT: 408,
	ERR_CONFLICT: 409,
	ERR_STATE: 409,
	ERR_CANCELLED: 409,
	ERR_GONE: 410,
	ERR_PRECONDITION: 412,
	ERR_TOO_LARGE: 413,
	ERR_FORMAT_UNKNOWN: 415,
	ERR_AUDIO_UNREADABLE: 422,
	ERR_UNSUPPORTED: 422,
	ERR_RATE_LIMIT: 429,
	// tus has a number of its own for this.
	ERR_CHECKSUM: 460,
	ERR_ENGINE: 502,
	ERR_ENGINE_AUTH: 502,
	ERR_ENGINE_QUOTA: 502,
	ERR_ENGINE_REJECTED: 502,
	ERR_ENGINE_OUTPUT: 502,
	ERR_ENGINE_RATE_LIMIT: 503,
	ERR_ENGINE_UNAVAILABLE: 503,
	ERR_ENGINE_PAUSED: 503,
	ERR_ENGINE_MISSING: 503,
	ERR_NO_ENGINE: 503,
	ERR_LIBRARY_BUSY: 503,
	ERR_INTERRUPTED: 503,
	ERR_ENGINE_TIMEOUT: 504,
	ERR_DISK_FULL: 507,
};

export function statusOfError(error: OnwaxError): number {
	return statuses[error.code] ?? 500;
}

/**
 * RFC 9457 problem details. What is our own fault is told without its message, which may name
 * anything; the log has it, under the same id.
 */
export function problemOf(thrown: unknown, requestId: string): Problem {
	const error = toOnwaxError(thrown);
	const status = statusOfError(error);
	const isOurs = error.code === "ERR_INTERNAL";
	return {
		type: `https://onwax.dev/errors/${error.code}`,
		title: isOurs ? "Something went wrong inside Onwax." : error.message,
		status,
		code: error.code,
		hint: isOurs ? "The log has the reason, under this request's id." : error.hint,
		retryable: error.retryable,
		requestId,
	};
}

export function sendProblem(reply: FastifyReply, thrown: unknown): FastifyReply {
	const problem = problemOf(thrown, reply.request.id);
	const { retryAfterSeconds } = toOnwaxError(thrown);
	if (retryAfterSeconds !== null) reply.header("retry-after", Math.ceil(retryAfterSeconds));
	return reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
}
