import { autoRetry } from "./auto-retry.ts";
import { autoCleanup } from "./cleanup.ts";
import { enqueueMissing } from "./missing-jobs.ts";
import type { App } from "./open-app.ts";
import { type RunJobsOptions, runJobs } from "./run-jobs.ts";

/** What the service does beside answering: all jobs, as they become due, until the signal aborts. */
export async function doAllWork(app: App, options: Omit<RunJobsOptions, "scope">): Promise<void> {
	await enqueueMissing(app.library);
	await cleanUp(app, options.signal);
	await autoRetry(app);
	await runJobs(app, { ...options, scope: "all" });
}

/** A cleanup that fails, as it does by a wrong clock, keeps nobody's text from being made. */
export async function cleanUp(app: App, signal: AbortSignal): Promise<void> {
	try {
		await autoCleanup(app, signal);
	} catch (error) {
		if (!signal.aborted) app.log.error({ error: String(error) }, "the cleanup failed");
	}
}
