import type { IncomingHttpHeaders } from "node:http";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { parseRetryAfter } from "../services/retry-after.ts";
import { shownAddress } from "./address.ts";

/** What it means for the recordings; said with every failure to download. */
const nothingLost = "Recordings are kept and wait for their text; nothing is lost.";
export const otherWays =
	"ONWAX_MODEL_MIRROR names another place to download from, and `onwax model pull ./FILE` takes a file that you bring.";

/** No byte for so long that the other side is taken for gone. */
export function stalled(address: string, idleTimeoutMs: number): OnwaxError {
	return new OnwaxError(
		"ERR_ENGINE_TIMEOUT",
		`${hostOf(address)} sent nothing for ${Math.ceil(idleTimeoutMs / 1000)} seconds.`,
		{ retryable: true, hint: nothingLost },
	);
}

/** The connection ended before the file did. */
export function cutOff(address: string): OnwaxError {
	return new OnwaxError(
		"ERR_ENGINE_UNAVAILABLE",
		`${hostOf(address)} cut the connection before the end of the file.`,
		{
			retryable: true,
			hint: `${nothingLost} What has come so far is kept: pull again, and it goes on from there.`,
		},
	);
}

/** The file is another one than the one that was begun. */
export function changedMeanwhile(address: string): OnwaxError {
	return new OnwaxError(
		"ERR_FILE_CHANGED",
		`The file at ${shownAddress(address)} was replaced while it was downloaded.`,
		{ retryable: true, hint: "Pull again: it begins anew." },
	);
}

export function tooLarge(address: string, limitBytes: number): OnwaxError {
	return new OnwaxError(
		"ERR_TOO_LARGE",
		`What ${hostOf(address)} sends is larger than the ${Math.ceil(limitBytes / 1e6)} MB that this model may have.`,
		{ hint: `It was not kept. ${otherWays}` },
	);
}

/** Instead of the file: a login page of the network, or a mirror's own page for what it does not have. */
export function webPage(address: string): OnwaxError {
	return new OnwaxError(
		"ERR_ENGINE_REJECTED",
		`${hostOf(address)} sent a web page instead of the file, perhaps one to log in.`,
		{
			hint: `It was not kept. ${nothingLost} Open ${shownAddress(address)} in a browser to see it.`,
		},
	);
}

/** Where a mirror was asked, a refusal is most likely its own, and not the publisher's. */
export function nameMirror(error: unknown, mirror: string | null): unknown {
	if (mirror === null || !(error instanceof OnwaxError) || error.retryable) return error;
	if (error.code !== "ERR_ENGINE_REJECTED" && error.code !== "ERR_DAMAGED") return error;
	return new OnwaxError(error.code, error.message, {
		...(error.httpStatus === null ? {} : { httpStatus: error.httpStatus }),
		hint: `The likely cause is the mirror (model.mirror, ONWAX_MODEL_MIRROR): without it, or with another one, pull again. ${nothingLost}`,
		cause: error,
	});
}

/** An answer that is no file. */
export function statusError(
	address: string,
	status: number,
	headers: IncomingHttpHeaders,
	nowMs: number,
): OnwaxError {
	const retryable = status >= 500 || status === 429 || status === 408;
	const after = retryable ? parseRetryAfter(headers["retry-after"], nowMs) : null;
	return new OnwaxError(
		retryable ? "ERR_ENGINE_UNAVAILABLE" : "ERR_ENGINE_REJECTED",
		`${shownAddress(address)} answered ${status}.`,
		{
			retryable,
			httpStatus: status,
			hint: `${nothingLost} ${retryable ? "Pull again later." : otherWays}`,
			...(after === null ? {} : { retryAfterSeconds: after }),
		},
	);
}

/** Codes of a place that cannot be reached at all, as against a connection that broke. */
const nobodyThere = new Set([
	"ENOTFOUND",
	"EAI_AGAIN",
	"ECONNREFUSED",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"ENETDOWN",
]);

/** True where there is no way to the server; asking again at once would be of no use. */
export function isUnreachable(error: unknown): boolean {
	const code = error instanceof OnwaxError ? systemCodeOf(error.cause) : systemCodeOf(error);
	return code !== null && nobodyThere.has(code);
}

/** A failure below HTTP, in words for people. Errors that are ours already stay as they are. */
export function connectionError(error: unknown, address: string): unknown {
	if (error instanceof OnwaxError) return error;
	const code = systemCodeOf(error);
	if (code === null) return error;
	if (nobodyThere.has(code)) {
		return new OnwaxError(
			"ERR_ENGINE_UNAVAILABLE",
			`Nothing can be downloaded: ${hostOf(address)} cannot be reached (${code}). ${nothingLost}`,
			{ retryable: true, hint: otherWays, cause: error },
		);
	}
	if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS|ERR_SSL/.test(code)) {
		return new OnwaxError(
			"ERR_ENGINE_UNAVAILABLE",
			`${hostOf(address)} shows no valid certificate (${code}).`,
			{
				hint: `${nothingLost} For a certificate of your own set NODE_EXTRA_CA_CERTS.`,
				cause: error,
			},
		);
	}
	if (/^(E?CONN|EPIPE|ETIMEDOUT|HPE_|UND_)/.test(code)) return cutOff(address);
	return error;
}

/** Node tries several addresses of one name and then throws an AggregateError of their failures. */
function systemCodeOf(error: unknown): string | null {
	const code = systemErrorCode(error);
	if (code !== null || !(error instanceof AggregateError)) return code;
	return error.errors.map(systemErrorCode).find((inner) => inner !== null) ?? null;
}

function hostOf(address: string): string {
	return new URL(address).host;
}
