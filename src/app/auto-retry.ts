import type { App } from "./open-app.ts";
import { retryFailed } from "./open-jobs.ts";

/**
 * Queues what failed once more, where the configuration asks for it (D0.10); a worker does that when
 * it starts. Audio that no decoder can read would fail in the same way for ever.
 *
 * @returns how many were queued
 */
export async function autoRetry(app: App): Promise<number> {
	if (!app.config.autoRetry || (await app.engines.describeDefault()) === null) return 0;
	const isHopeless = (errorCode: string | null) => errorCode === "ERR_AUDIO_UNREADABLE";
	return (await retryFailed(app, Number.POSITIVE_INFINITY, isHopeless)).queued;
}
