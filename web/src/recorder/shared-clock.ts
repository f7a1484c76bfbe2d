/** Milliseconds, monotonic, and the same in a page and in its workers. */
export function sharedNowMs(): number {
	return performance.timeOrigin + performance.now();
}
