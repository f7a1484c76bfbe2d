import type { ErrorCode, OnwaxError } from "../errors.ts";

/** Failures that say something about this engine, and nothing about the next one. */
const engineOwn: readonly ErrorCode[] = [
	"ERR_ENGINE",
	"ERR_ENGINE_AUTH",
	"ERR_ENGINE_QUOTA",
	"ERR_ENGINE_RATE_LIMIT",
	"ERR_ENGINE_REJECTED",
	"ERR_ENGINE_TOO_LARGE",
	"ERR_ENGINE_UNAVAILABLE",
	"ERR_ENGINE_PAUSED",
	"ERR_ENGINE_TIMEOUT",
	"ERR_ENGINE_OUTPUT",
	"ERR_ENGINE_MISSING",
	"ERR_ENGINE_UNKNOWN",
	// Declared in a way that cannot work, or not for this machine.
	"ERR_CONFIG",
	"ERR_UNSUPPORTED",
];

/**
 * Whether the next engine in the list may have more luck after this failure, which stood after all
 * the retries that the engine was due. What is wrong with the audio, the disk or the library is
 * wrong for every engine, and whoever interrupted the work wants none.
 */
export function mayFallBack(error: OnwaxError): boolean {
	return engineOwn.includes(error.code);
}
