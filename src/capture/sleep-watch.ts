export type Standstill = {
	/** The machine slept for so long; 0 where it did not. */
	suspendedSeconds: number;
	/** This process did not run for so long while the machine did; 0 where it ran. */
	stoodStillSeconds: number;
};

export type SleepWatch = {
	/**
	 * To be asked at least once a second.
	 *
	 * @param nowMs monotonic (`performance.now()`): stands still while the machine sleeps
	 * @param uptimeSeconds since boot (`os.uptime()`): goes on meanwhile; whole seconds will do
	 */
	check(nowMs: number, uptimeSeconds: number): Standstill | null;
};

/** The uptime may come in whole seconds. */
const leastSuspendSeconds = 1.5;

/** Anything that is asked once a second and was not for so long has stood still. */
const leastStandstillSeconds = 2;

/**
 * Tells a machine that slept from a process that stood still, by two clocks neither of which can be
 * set: a wall clock plays no part. (On Windows both go on during sleep, which then shows as standing
 * still.)
 */
export function createSleepWatch(): SleepWatch {
	let lastMs: number | null = null;
	/** Uptime less monotonic time: constant until the machine sleeps. The lowest seen, for whole seconds. */
	let offsetSeconds = 0;
	return {
		check: (nowMs, uptimeSeconds) => {
			const offset = uptimeSeconds - nowMs / 1000;
			if (lastMs === null) {
				lastMs = nowMs;
				offsetSeconds = offset;
				return null;
			}
			const stood = (nowMs - lastMs) / 1000;
			const slept = offset - offsetSeconds;
			lastMs = nowMs;
			const suspended = slept > leastSuspendSeconds;
			// Follows the two clocks' drift apart (NTP slews one of them), and never a sleep.
			if (suspended) offsetSeconds = offset;
			else offsetSeconds += Math.max(-0.05, Math.min(0.05, slept)) * 0.1;
			if (!suspended && stood < leastStandstillSeconds) return null;
			return {
				suspendedSeconds: suspended ? slept : 0,
				stoodStillSeconds: stood >= leastStandstillSeconds ? stood : 0,
			};
		},
	};
}
