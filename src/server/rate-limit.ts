import { isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import { OnwaxError } from "../errors.ts";

/** Lets so many through in a minute, and `burst` at once. */
export type RateLimit = {
	/** @throws ERR_RATE_LIMIT, which says how long to wait */
	take(key: string): void;
	/** It did not count after all. */
	giveBack(key: string): void;
};

const mostKeys = 20_000;

export function openRateLimit(
	rate: () => { perMinute: number; burst: number },
	nowMs: () => number = () => performance.now(),
): RateLimit {
	/** What each has left, and when that was counted. */
	const left = new Map<string, { count: number; atMs: number }>();
	function leftOf(key: string): number {
		const { perMinute, burst } = rate();
		const one = left.get(key);
		if (one === undefined) return burst;
		return Math.min(burst, one.count + ((nowMs() - one.atMs) / 60_000) * perMinute);
	}
	function set(key: string, count: number): void {
		// The one that has been quiet for longest is the first in the map.
		left.delete(key);
		left.set(key, { count, atMs: nowMs() });
		if (left.size > mostKeys) {
			const [oldest] = left.keys();
			if (oldest !== undefined) left.delete(oldest);
		}
	}
	return {
		take(key) {
			const count = leftOf(key);
			if (count < 1) {
				const seconds = ((1 - count) / rate().perMinute) * 60;
				throw new OnwaxError("ERR_RATE_LIMIT", "Too many requests.", {
					retryable: true,
					retryAfterSeconds: Math.max(1, seconds),
					hint: "Wait as long as `Retry-After` says.",
				});
			}
			set(key, count - 1);
		},
		giveBack(key) {
			set(key, Math.min(rate().burst, leftOf(key) + 1));
		},
	};
}

/** Whoever has one IPv6 address has 2⁶⁴ of them. */
export function addressKey(address: string): string {
	if (!isIPv6(address)) return address;
	const parsed = ipaddr.process(address);
	if (parsed.kind() === "ipv4") return parsed.toString();
	return (parsed as ipaddr.IPv6).parts.slice(0, 4).join(":");
}
