export type Backoff = { baseSeconds: number; capSeconds: number };

/**
 * How long to wait after the n-th failure (from 1): "full jitter", a random time between nothing
 * and the exponentially growing bound, so that many who failed together do not come back together
 * (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter). Never less than what the
 * other side asked for.
 */
export function backoffSeconds(
	failures: number,
	{ baseSeconds, capSeconds }: Backoff,
	retryAfterSeconds: number | null = null,
	random: () => number = Math.random,
): number {
	const bound = Math.min(capSeconds, baseSeconds * 2 ** Math.max(0, failures - 1));
	return Math.max(random() * bound, retryAfterSeconds ?? 0);
}
