/** Whoever holds a recording's lock is the only one to touch it; a tab that dies lets go of it. */
function lockName(id: string): string {
	return `onwax-recording:${id}`;
}

/** Waits for as long as another tab has it. */
export async function withLock(id: string, work: () => Promise<void>): Promise<void> {
	await navigator.locks.request(lockName(id), work);
}

/** Null: somebody has it, and nothing was done. */
export async function withLockNow<T>(id: string, work: () => Promise<T>): Promise<T | null> {
	return navigator.locks.request(lockName(id), { ifAvailable: true }, async (lock) =>
		lock === null ? null : work(),
	);
}
