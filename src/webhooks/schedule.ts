const minute = 60_000;
const hour = 60 * minute;

/** Standard Webhooks' recommendation: ten tries in a little more than a day. */
const delaysMs = [
	5000,
	5 * minute,
	30 * minute,
	2 * hour,
	5 * hour,
	10 * hour,
	14 * hour,
	20 * hour,
	24 * hour,
];

/**
 * How long to wait after so many failed attempts, a tenth more or less by chance, so that what failed
 * together does not come back together. Null: it is given up.
 */
export function nextDelayMs(failedAttempts: number, random: () => number): number | null {
	const delay = delaysMs[failedAttempts - 1];
	return delay === undefined ? null : Math.round(delay * (0.9 + 0.2 * random()));
}

/** Also where it lies further ahead than any wait: then the clock was wrong when it was written. */
export function isDue(nextAt: number, now: number): boolean {
	return nextAt <= now || nextAt > now + Math.max(...delaysMs) * 1.1;
}
