import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { step } from "./step.ts";

export type ProcessLock = { release(): void };

/**
 * Takes a lock that the kernel frees when its holder dies: an exclusive transaction on a small
 * SQLite file, held for as long as the lock. There is no stale lock to clean up, no process id to
 * be reused, no clock involved.
 *
 * Within one process nothing else may open and close that file (POSIX drops all of a process's
 * locks on a file when any of its descriptors for it is closed): back-ups and scrubs leave it alone.
 *
 * @returns null where another process (or another holder in this one) has it after `waitMs`
 */
export async function acquireLock(
	path: string,
	options: { waitMs?: number; signal?: AbortSignal } = {},
): Promise<ProcessLock | null> {
	const giveUpAt = performance.now() + (options.waitMs ?? 0);
	for (;;) {
		const lock = tryLock(path);
		if (lock !== null) return lock;
		if (performance.now() >= giveUpAt) return null;
		// Jitter: many waiting processes must not all knock at the same moment.
		await sleep(5 + Math.random() * 20, undefined, { signal: options.signal });
	}
}

function tryLock(path: string): ProcessLock | null {
	step("lock:acquire");
	const database = new DatabaseSync(path, { timeout: 0 });
	try {
		// Nothing is ever written: with its journal in memory the lock needs no space on a full disk.
		database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
	} catch (error) {
		database.close();
		if (isBusy(error)) return null;
		throw error;
	}
	return {
		release() {
			database.close();
		},
	};
}

function isBusy(error: unknown): boolean {
	// SQLITE_BUSY; extended codes keep it in the low byte.
	return (
		error instanceof Error &&
		"errcode" in error &&
		typeof error.errcode === "number" &&
		(error.errcode & 0xff) === 5
	);
}
