const resting = new Set<() => void>();

/** Workers of this process that have nothing to do look again, now: there may be something. */
export function wakeWorkers(): void {
	for (const wake of [...resting]) wake();
}

/** Resolves after that time, when somebody wakes the workers, or when the signal aborts. */
export function restOrWake(durationMs: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			resting.delete(end);
			signal.removeEventListener("abort", end);
			resolve();
		};
		const timer = setTimeout(end, durationMs);
		resting.add(end);
		signal.addEventListener("abort", end);
		if (signal.aborted) end();
	});
}
