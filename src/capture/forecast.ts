export type Forecast = {
	/** What the file system says, about once a second. `nowMs` is monotonic. */
	saw(freeBytes: number, nowMs: number): void;
	/**
	 * Seconds until only the reserve is left, while this program adds `ownBytesPerSecond`; null before
	 * anything was seen, or where nothing fills the disk.
	 */
	secondsLeft(ownBytesPerSecond: number): number | null;
};

/** So far back the rate is looked for. */
const windowMs = 60_000;

/** Less says nothing yet: one file of somebody else's would pass for a trend. */
const leastSpanMs = 15_000;

/** So long until a new rate is believed by two thirds. */
const smoothingMs = 10_000;

/**
 * When will the disk be full? Another program may be filling it as well, so that what was seen over the
 * last minute counts where it is faster than our own rate (and ours where the file system has not
 * told yet what it was given).
 */
export function createForecast(reserveBytes: number): Forecast {
	const seen: { freeBytes: number; nowMs: number }[] = [];
	let bytesPerMs = 0;
	return {
		saw: (freeBytes, nowMs) => {
			const previous = seen.at(-1);
			seen.push({ freeBytes, nowMs });
			while (seen[1] && nowMs - seen[1].nowMs >= windowMs) seen.shift();
			const oldest = seen[0];
			if (!previous || !oldest || nowMs - oldest.nowMs < leastSpanMs) return;
			const rate = Math.max(0, (oldest.freeBytes - freeBytes) / (nowMs - oldest.nowMs));
			const weight = 1 - Math.exp(-(nowMs - previous.nowMs) / smoothingMs);
			bytesPerMs += (rate - bytesPerMs) * weight;
		},
		secondsLeft: (ownBytesPerSecond) => {
			const latest = seen.at(-1);
			const bytesPerSecond = Math.max(ownBytesPerSecond, bytesPerMs * 1000);
			if (!latest || bytesPerSecond < 1) return null;
			return Math.max(0, latest.freeBytes - reserveBytes) / bytesPerSecond;
		},
	};
}
