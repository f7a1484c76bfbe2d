import ipaddr from "ipaddr.js";
import { isLoopback } from "../access/loopback.ts";
import { OnwaxError } from "../errors.ts";

/**
 * The proxies whose `X-Forwarded-…` are believed: addresses, or networks such as `10.0.0.0/8`.
 *
 * @returns false: nobody's
 * @throws ERR_CONFIG
 */
export function trustedProxies(given: readonly string[]): string[] | false {
	for (const one of given) {
		if (ipaddr.isValid(one) || ipaddr.isValidCIDR(one)) continue;
		throw new OnwaxError(
			"ERR_CONFIG",
			`server.trustedProxies: ${JSON.stringify(one)} is no address.`,
			{
				hint: "Give addresses such as 10.0.0.1, or networks such as 10.0.0.0/8.",
			},
		);
	}
	return given.length === 0 ? false : [...given];
}

/** Whether many callers may come from an address: this computer, and proxies that are trusted. */
export function manyBehind(proxies: readonly string[]): (address: string) => boolean {
	const ranges = proxies.map((one) =>
		ipaddr.isValidCIDR(one) ? ipaddr.parseCIDR(one) : wholeAddress(one),
	);
	return (address) => {
		if (isLoopback(address)) return true;
		if (!ipaddr.isValid(address)) return false;
		const own = ipaddr.process(address);
		return ranges.some(([range, bits]) => own.kind() === range.kind() && own.match(range, bits));
	};
}

function wholeAddress(address: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
	const parsed = ipaddr.process(address);
	return [parsed, parsed.kind() === "ipv4" ? 32 : 128];
}
