import { OnwaxError, systemErrorCode } from "../errors.ts";

/**
 * A failure below HTTP as an error of the engine. The original is deliberately not the cause: it
 * holds the socket and the request, and with them the key.
 */
export function connectionError(error: unknown, service: string): OnwaxError {
	if (error instanceof OnwaxError) return error;
	// What a file-backed Blob says when the file changed or went away under it.
	if (error instanceof DOMException && error.name === "NotReadableError")
		return new OnwaxError("ERR_IO", "The audio could not be read while it was sent.", {
			retryable: true,
		});
	const code = firstCode(error);
	if (code !== null && /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS|ERR_SSL/.test(code))
		return new OnwaxError(
			"ERR_ENGINE_UNAVAILABLE",
			`${service} shows no valid certificate (${code})`,
			{
				hint: "Check the address; for a certificate of your own set NODE_EXTRA_CA_CERTS.",
			},
		);
	return new OnwaxError("ERR_ENGINE_UNAVAILABLE", `${service} ${describe(code)}`, {
		retryable: true,
		hint: "Check that the service runs and that the network reaches it.",
	});
}

function describe(code: string | null): string {
	switch (code) {
		case "ECONNREFUSED":
			return "refused the connection (ECONNREFUSED)";
		case "ECONNRESET":
		case "EPIPE":
			return `cut the connection (${code})`;
		case "ENOTFOUND":
		case "EAI_AGAIN":
			return `was not found (${code})`;
		default:
			return `could not be reached${code === null ? "" : ` (${code})`}`;
	}
}

/** Node tries several addresses of one name and then throws an AggregateError of their failures. */
function firstCode(error: unknown): string | null {
	const code = systemErrorCode(error);
	if (code !== null || !(error instanceof AggregateError)) return code;
	return error.errors.map(systemErrorCode).find((inner) => inner !== null) ?? null;
}
