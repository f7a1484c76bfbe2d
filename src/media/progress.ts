import type { Progress } from "./messages.ts";

/**
 * Called between two pieces of work; returns a promise when it is time to let the event loop run
 * (so that messages go out and a lost parent is noticed), else nothing.
 */
export type Beat = (doneSeconds?: number) => Promise<void> | undefined;

/** For work so short that nobody waits for news of it. */
export const noBeat: Beat = () => undefined;

const intervalMs = 200;

/**
 * A beat that tells the parent how far the work is. Called after every packet, so it must be
 * cheap: it looks at the clock and does nothing most of the time.
 */
export function reportingBeat(
	totalSeconds: number | null,
	report: (progress: Progress) => void,
): Beat {
	let lastMs = performance.now();
	let latestSeconds = 0;
	return (doneSeconds) => {
		if (doneSeconds !== undefined) latestSeconds = doneSeconds;
		const nowMs = performance.now();
		if (nowMs - lastMs < intervalMs) return undefined;
		lastMs = nowMs;
		// Each packet and frame leaves a small object that holds a large piece of memory outside the
		// heap; the collector does not see that, so it is told when to look.
		globalThis.gc?.({ type: "minor" });
		report({ doneSeconds: latestSeconds, totalSeconds });
		return new Promise((resume) => setImmediate(resume));
	};
}
