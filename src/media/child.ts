/**
 * The process in which FFmpeg runs. It may crash, hang or eat memory on a malformed file, and then
 * it alone dies; the program asks for the next file in a new one. One request at a time.
 */
import { Worker } from "node:worker_threads";
import { compressFlac } from "./compress-flac.ts";
import { compressOpus } from "./compress-opus.ts";
import { decode } from "./decode.ts";
import type { ChildMessage, MediaRequest, Progress } from "./messages.ts";
import { peaks } from "./peaks.ts";
import { probe } from "./probe.ts";
import { rebuildWav } from "./rebuild-wav.ts";
import { siblingUrl } from "./sibling-url.ts";
import { errorToMessage } from "./unreadable.ts";

const maxRssBytes = Number(process.argv[2] ?? 2 ** 30);

new Worker(siblingUrl("watchdog", import.meta.url), {
	workerData: { maxRssBytes, parentPid: process.ppid },
	resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
}).unref();

function tell(message: ChildMessage): void {
	// Without a parent there is nobody left to work for.
	process.send?.(message, (error: Error | null) => {
		if (error) process.exit(1);
	});
}

let latest: Progress = { doneSeconds: 0, totalSeconds: null };

function report(progress: Progress): void {
	latest = progress;
	tell({ kind: "progress", progress });
}

/** Sent while the disk is waited for; FFmpeg's calls block the loop, so a hang there stays silent. */
const aliveIntervalMs = 1000;

async function perform(request: MediaRequest) {
	switch (request.verb) {
		case "probe":
			return probe(request.path, report);
		case "decode":
			return decode(request.path, request.target, report);
		case "peaks":
			return peaks(request.path, request.target, report);
		case "compress":
			return request.target.format === "flac"
				? compressFlac(request.path, request.target, report)
				: compressOpus(request.path, request.target, report);
		case "rebuildWav":
			return rebuildWav(request.path, request.source, request.outputPath, report);
	}
}

process.on("disconnect", () => process.exit(0));
process.on("message", async (request: MediaRequest) => {
	latest = { doneSeconds: 0, totalSeconds: null };
	const alive = setInterval(() => report(latest), aliveIntervalMs);
	try {
		const result = await perform(request);
		tell({ kind: "result", result, rssBytes: process.memoryUsage.rss() });
	} catch (error) {
		const message = errorToMessage(error);
		tell({ kind: "error", error: message, rssBytes: process.memoryUsage.rss() });
	} finally {
		clearInterval(alive);
	}
});
