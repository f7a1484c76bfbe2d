import type { PullStage } from "../models/pull-options.ts";
import type { Output } from "./output.ts";
import { bar, startProgress } from "./progress.ts";
import { formatSize } from "./size.ts";

const words: Record<PullStage, string> = {
	downloading: "Downloading",
	verifying: "Verifying",
	unpacking: "Unpacking",
	copying: "Copying",
};

/** The line while a model is pulled: how much there is of how much, how fast, how long still. */
export function pullProgress(output: Output) {
	let stage: PullStage | null = null;
	let done = 0;
	let total: number | null = null;
	let begun = { atMs: 0, bytes: 0 };
	const progress = startProgress(output, () => {
		if (stage === null) return "Connecting";
		const seconds = (performance.now() - begun.atMs) / 1000;
		return pullLine(stage, done, total, (done - begun.bytes) / Math.max(seconds, 0.001));
	});
	return {
		...progress,
		onProgress(now: PullStage, doneBytes: number, totalBytes: number | null) {
			// A download that begins anew has less than it had.
			if (now !== stage || doneBytes < done) begun = { atMs: performance.now(), bytes: doneBytes };
			stage = now;
			done = doneBytes;
			total = totalBytes;
		},
	};
}

export function pullLine(
	stage: PullStage,
	doneBytes: number,
	totalBytes: number | null,
	bytesPerSecond: number,
): string {
	const rate = stage === "downloading" ? `, ${formatSize(bytesPerSecond)}/s` : "";
	if (totalBytes === null || totalBytes === 0 || stage === "verifying") {
		return `${words[stage]}: ${formatSize(doneBytes)}${rate}`;
	}
	const left = (totalBytes - doneBytes) / bytesPerSecond;
	const remaining = rate !== "" && Number.isFinite(left) ? `, ${lasting(left)} left` : "";
	const amounts = `${formatSize(doneBytes)} of ${formatSize(totalBytes)}`;
	return `${words[stage]}  ${bar(doneBytes / totalBytes, 16)}  ${amounts}${rate}${remaining}`;
}

function lasting(seconds: number): string {
	if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
	return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
