import { OnwaxError, toOnwaxError } from "../../errors.ts";
import { statusOfError } from "../problem.ts";

/** The body of an error as OpenAI's services send it, which their clients make their classes of. */
export type OpenaiError = {
	error: { message: string; type: string; param: string | null; code: string | null };
};

/** A request that this endpoint does not take, in the words of the one that it stands in for. */
export type Refusal = {
	status: number;
	message: string;
	param: string | null;
	code: string | null;
};

export function refusalBody({ status, message, param, code }: Refusal): OpenaiError {
	return { error: { message, type: typeOf(status), param, code } };
}

/** @param kept what is to be said of the audio, where it is safe */
export function openaiError(
	thrown: unknown,
	kept: string | null,
): { status: number; body: OpenaiError } {
	const error = knownError(thrown);
	// What cannot be read is called a bad request there.
	const status = error.code === "ERR_AUDIO_UNREADABLE" ? 400 : statusOfError(error);
	const isOurs = error.code === "ERR_INTERNAL";
	const said = isOurs
		? "Something went wrong inside Onwax; its log has the reason."
		: error.message;
	const hint = isOurs || kept !== null ? null : error.hint;
	const message = [said, hint, kept].filter((one) => one !== null).join(" ");
	return { status, body: refusalBody({ status, message, param: null, code: codeOf(error) }) };
}

function codeOf({ code }: OnwaxError): string {
	if (code === "ERR_AUTH") return "invalid_api_key";
	return code === "ERR_RATE_LIMIT" ? "rate_limit_exceeded" : code;
}

function typeOf(status: number): string {
	if (status === 429) return "rate_limit_error";
	if (status === 403) return "permission_error";
	return status < 500 ? "invalid_request_error" : "server_error";
}

/** What the server's own parts threw has a status, and a message of its own where it is the caller's doing. */
function knownError(thrown: unknown): OnwaxError {
	if (thrown instanceof OnwaxError) return thrown;
	const { statusCode, message } = thrown as { statusCode?: number; message?: string };
	if (statusCode === 413) return new OnwaxError("ERR_TOO_LARGE", "The request is too large.");
	if (statusCode === 429) return new OnwaxError("ERR_RATE_LIMIT", "Too many requests.");
	if (statusCode !== undefined && statusCode < 500) {
		return new OnwaxError("ERR_USAGE", message ?? "The request was not understood.");
	}
	return toOnwaxError(thrown);
}
