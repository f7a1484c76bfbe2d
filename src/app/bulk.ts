import { acquireLock } from "../durable/process-lock.ts";
import { OnwaxError } from "../errors.ts";
import type { App } from "./open-app.ts";

/** Runs what goes over many recordings: one such thing at a time, across all processes (D0.12). */
export async function inBulk<T>(app: App, work: () => Promise<T>): Promise<T> {
	const lock = await acquireLock(app.library.layout.bulkLock);
	if (lock === null) {
		throw new OnwaxError("ERR_LIBRARY_BUSY", "Another process is at work on many recordings.", {
			retryable: true,
			hint: "A cleanup or another `--all` is running; try again when it has ended.",
		});
	}
	try {
		return await work();
	} finally {
		lock.release();
	}
}
