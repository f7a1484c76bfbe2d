import { OnwaxError } from "../errors.ts";

/** The decoder could make nothing of a file. The same file will fail again, so never retryable. */
export function unreadable(message: string, cause?: unknown): OnwaxError {
	return new OnwaxError("ERR_AUDIO_UNREADABLE", message, {
		hint: "The original is kept as it came in; play it elsewhere or convert it, then import it again.",
		cause,
	});
}
