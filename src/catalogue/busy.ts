import { setTimeout as sleep } from "node:timers/promises";
import { fromSqliteError, isBusy } from "./sqlite-error.ts";

/** How long something is tried again while another process holds the write lock (D4.4). */
const giveUpMs = 60_000;
const shortestPauseMs = 2;
const longestPauseMs = 40;

/**
 * Does it until nobody else is in the way. The pauses are random, so that many processes do not
 * come back all at once.
 *
 * @throws {OnwaxError} ERR_LIBRARY_BUSY in the end; any other error at once
 */
export async function whileBusy<T>(attempt: () => T): Promise<T> {
	const startedAt = performance.now();
	for (;;) {
		try {
			return attempt();
		} catch (error) {
			if (!isBusy(error) || performance.now() - startedAt > giveUpMs) {
				throw fromSqliteError(error);
			}
		}
		await sleep(shortestPauseMs + Math.random() * (longestPauseMs - shortestPauseMs));
	}
}
