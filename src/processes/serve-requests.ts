import { flushCompileCache } from "node:module";
import { Worker } from "node:worker_threads";
import { errorToMessage } from "./error-message.ts";
import type { ChildMessage, Progress, RequestMessage } from "./messages.ts";
import { siblingUrl } from "./sibling-url.ts";

/** Sent while the disk or another thread is waited for; a hang in native code stays silent. */
const aliveIntervalMs = 1000;

/**
 * The child's side of `openWarmChildren`: performs requests until the program is gone, and ends then,
 * however deep in native code it is.
 */
export function serveRequests<Request>(
	perform: (request: Request, report: (progress: Progress) => void) => Promise<unknown>,
): void {
	const maxRssBytes = Number(process.argv[2] ?? 0) || null;
	new Worker(siblingUrl("watchdog", import.meta.url), {
		workerData: { maxRssBytes, parentPid: process.ppid },
		resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
	}).unref();
	process.on("disconnect", () => process.exit(0));
	process.on("message", async ({ id, request }: RequestMessage<Request>) => {
		let latest: Progress = { doneSeconds: 0, totalSeconds: null };
		const report = (progress: Progress) => {
			latest = progress;
			tell({ id, kind: "progress", progress });
		};
		const alive = setInterval(() => report(latest), aliveIntervalMs);
		try {
			const result = await perform(request, report);
			tell({ id, kind: "result", result, rssBytes: process.memoryUsage.rss() });
		} catch (error) {
			const message = errorToMessage(error);
			tell({ id, kind: "error", error: message, rssBytes: process.memoryUsage.rss() });
		} finally {
			clearInterval(alive);
			// What native code holds for an object goes with the object, which is small: by itself
			// nobody would collect it.
			globalThis.gc?.();
		}
	});
	// From now on silence means something.
	tell({ kind: "ready" });
	// Node writes it when a process ends by itself, and this one is killed.
	flushCompileCache();
}

function tell(message: ChildMessage): void {
	// Without a parent there is nobody left to work for.
	process.send?.(message, (error: Error | null) => {
		if (error) process.exit(1);
	});
}
