import { errorCodes, OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import type { ErrorMessage } from "./messages.ts";

/** What `throw`n things look like on the wire. */
export function errorToMessage(error: unknown): ErrorMessage {
	const own = error instanceof OnwaxError ? error : null;
	return {
		code: own?.code ?? null,
		systemCode: systemErrorCode(own?.cause ?? error),
		message: error instanceof Error ? error.message : String(error),
		hint: own?.hint ?? null,
		retryable: own?.retryable ?? false,
	};
}

/** And back: a system error gets the code that every part of the program gives it. */
export function errorFromMessage(message: ErrorMessage): OnwaxError {
	const code = errorCodes.find((known) => known === message.code);
	if (code !== undefined)
		return new OnwaxError(code, message.message, {
			retryable: message.retryable,
			...(message.hint === null ? {} : { hint: message.hint }),
		});
	return systemFailure(message.message, message.systemCode);
}

/** An error of the file system met in the child, or by the parent on the child's behalf. */
export function systemFailure(message: string, systemCode: string | null): OnwaxError {
	const error = Object.assign(new Error(message), systemCode === null ? {} : { code: systemCode });
	if (systemCode === "ENOENT") return toOnwaxError(error, "ERR_NOT_FOUND");
	return toOnwaxError(error, systemCode === null ? "ERR_INTERNAL" : "ERR_IO");
}
