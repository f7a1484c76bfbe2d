import { OnwaxError } from "../errors.ts";
import type { App } from "./open-app.ts";
import { namesIn, retryRecording } from "./retry.ts";

/**
 * Queues what failed once more, where the configuration asks for it (D0.10); a worker does that when
 * it starts. Audio that no decoder can read would fail in the same way for ever.
 *
 * @returns how many were queued
 */
export async function autoRetry(app: App): Promise<number> {
	if (!app.config.autoRetry || (await app.engines.describeDefault()) === null) return 0;
	let queued = 0;
	for (const name of await namesIn(app, ["failed"])) {
		const recording = await app.library.catalogue.get(name);
		if (recording?.metadata.error?.code === "ERR_AUDIO_UNREADABLE") continue;
		try {
			await retryRecording(app, name);
			queued += 1;
		} catch (error) {
			// Changed by somebody else since it was listed: it is their turn.
			if (!(error instanceof OnwaxError) || !isTaken(error)) throw error;
		}
	}
	return queued;
}

function isTaken({ code }: OnwaxError): boolean {
	return code === "ERR_STATE" || code === "ERR_NOT_FOUND" || code === "ERR_LIBRARY_BUSY";
}
