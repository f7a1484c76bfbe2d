const hourMs = 3_600_000;
const mostKeys = 20_000;

/** True for a key that was not seen in this hour of the clock. */
export function firstInHour(nowMs: () => number = Date.now): (key: string) => boolean {
	const seen = new Map<string, number>();
	return (key) => {
		const hour = Math.floor(nowMs() / hourMs);
		if (seen.get(key) === hour) return false;
		// The one that was noted longest ago is the first in the map.
		seen.delete(key);
		seen.set(key, hour);
		if (seen.size > mostKeys) {
			const [oldest] = seen.keys();
			if (oldest !== undefined) seen.delete(oldest);
		}
		return true;
	};
}
