/**
 * Every error that a person or a program outside can meet. A code is stable for good: scripts and
 * tests match on it. The wording for people is made from it at the edge (cli, server, web).
 */
export const errorCodes = [
	// The ground: disk, folders, catalogue
	"ERR_DISK_FULL",
	"ERR_READ_ONLY",
	"ERR_PERMISSION",
	"ERR_IO",
	"ERR_LIBRARY_BUSY",
	"ERR_FORMAT_TOO_NEW",
	"ERR_DAMAGED",
	"ERR_CATALOGUE",
	"ERR_CONFLICT",
	// What came in
	"ERR_NOT_FOUND",
	"ERR_AMBIGUOUS",
	"ERR_NOT_A_FILE",
	"ERR_SYMLINK",
	"ERR_EMPTY",
	"ERR_TOO_LARGE",
	"ERR_FORMAT_UNKNOWN",
	"ERR_FILE_CHANGED",
	"ERR_NAME",
	"ERR_AUDIO_UNREADABLE",
	// Engines
	"ERR_NO_ENGINE",
	/** An engine was asked for by a name that none has. */
	"ERR_ENGINE_UNKNOWN",
	"ERR_ENGINE",
	"ERR_ENGINE_AUTH",
	"ERR_ENGINE_QUOTA",
	"ERR_ENGINE_RATE_LIMIT",
	"ERR_ENGINE_REJECTED",
	"ERR_ENGINE_TOO_LARGE",
	"ERR_ENGINE_UNAVAILABLE",
	/** Not asked: the circuit breaker leaves a service alone that is down. */
	"ERR_ENGINE_PAUSED",
	"ERR_ENGINE_TIMEOUT",
	"ERR_ENGINE_OUTPUT",
	"ERR_ENGINE_MISSING",
	// Work
	"ERR_JOB_LOST",
	"ERR_JOB_POISON",
	/** A person decided against it. */
	"ERR_CANCELLED",
	"ERR_STATE",
	"ERR_LEXICON",
	// The service
	/** Nobody said who asks, or what was said is not valid. */
	"ERR_AUTH",
	/** Known, and not allowed to do this; or asked from a place that must not ask. */
	"ERR_FORBIDDEN",
	"ERR_RATE_LIMIT",
	/** Somebody changed it since it was read. */
	"ERR_PRECONDITION",
	/** What came does not have the hash that was told. */
	"ERR_CHECKSUM",
	/** Was here, and is not any more: an upload that has expired. */
	"ERR_GONE",
	"ERR_TIMEOUT",
	// The edge
	"ERR_CONFIG",
	"ERR_USAGE",
	"ERR_NO_SOUND_DEVICE",
	"ERR_UNSUPPORTED",
	"ERR_INTERRUPTED",
	"ERR_INTERNAL",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export type ErrorDetails = {
	/** Trying the same again later may succeed without anybody changing anything. */
	retryable?: boolean;
	/** One sentence that says what the person can do. */
	hint?: string;
	cause?: unknown;
	/** The service asked to be left alone for this long. */
	retryAfterSeconds?: number;
	/** The HTTP status, where one was answered. */
	httpStatus?: number;
};

/** The one class of error that crosses a module's border on purpose; anything else is a bug. */
export class OnwaxError extends Error {
	override readonly name = "OnwaxError";
	readonly code: ErrorCode;
	readonly retryable: boolean;
	readonly hint: string | null;
	readonly retryAfterSeconds: number | null;
	readonly httpStatus: number | null;

	constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
		super(message, details.cause === undefined ? undefined : { cause: details.cause });
		this.code = code;
		this.retryable = details.retryable ?? false;
		this.hint = details.hint ?? null;
		this.retryAfterSeconds = details.retryAfterSeconds ?? null;
		this.httpStatus = details.httpStatus ?? null;
	}
}

/** The code of a failed system call (`ENOSPC`, `EXDEV`, …), or null for any other error. */
export function systemErrorCode(error: unknown): string | null {
	if (!(error instanceof Error) || !("code" in error)) return null;
	return typeof error.code === "string" ? error.code : null;
}

/**
 * Turns whatever was thrown into an OnwaxError. System errors that a person can act on (disk full,
 * read-only, no permission) get their own code; the rest become `fallback`.
 */
export function toOnwaxError(error: unknown, fallback: ErrorCode = "ERR_INTERNAL"): OnwaxError {
	if (error instanceof OnwaxError) return error;
	const message = error instanceof Error ? error.message : String(error);
	switch (systemErrorCode(error)) {
		case "ENOSPC":
		case "EDQUOT":
			return new OnwaxError("ERR_DISK_FULL", "The disk is full.", {
				retryable: true,
				hint: "Free some space, or point the library at a larger disk; nothing that was kept is affected.",
				cause: error,
			});
		case "EROFS":
			return new OnwaxError(
				"ERR_READ_ONLY",
				"The library's folder is on a read-only file system.",
				{
					hint: "Make the file system writable, or choose another data folder.",
					cause: error,
				},
			);
		case "EACCES":
		case "EPERM":
			return new OnwaxError("ERR_PERMISSION", `No permission: ${message}`, {
				hint: "Check who owns the file or folder.",
				cause: error,
			});
		case "EIO":
		case "EMFILE":
		case "ENFILE":
			return new OnwaxError("ERR_IO", message, { retryable: true, cause: error });
		default:
			return new OnwaxError(fallback, message, { cause: error });
	}
}
