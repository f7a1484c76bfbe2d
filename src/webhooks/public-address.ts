import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { OnwaxError } from "../errors.ts";

/**
 * Whether an IP address is one of the public internet. Everything else is refused: loopback,
 * private and link-local networks (where clouds keep their metadata), multicast, carriers' NAT, and
 * the IPv6 ranges that lead to IPv4 addresses by another way.
 */
export function isPublicAddress(address: string): boolean {
	// A zone id names an interface of this machine.
	if (address.includes("%") || !ipaddr.isValid(address)) return false;
	const parsed = ipaddr.process(address);
	if (parsed.range() !== "unicast") return false;
	// Of IPv6 only this has been given out; below it lie old ways to write IPv4 addresses.
	if (parsed instanceof ipaddr.IPv6) return parsed.match(globalUnicast);
	return parsed.toString() !== azuresHost;
}

const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");
/** Looks public, and is the same machine's host wherever Azure runs it. */
const azuresHost = "168.63.129.16";

/**
 * What `net.connect` takes to find an address. The connection goes to the very address that was
 * looked at: a name that answers differently the second time gains nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, done) => {
	systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
		if (error) return done(error, "", 0);
		// One that is refused among several: somebody is trying.
		const refused = addresses.find(({ address }) => !isPublicAddress(address));
		const [first] = addresses;
		if (refused || first === undefined) return done(notPublic(hostname), "", 0);
		if (options.all) return done(null, addresses);
		done(null, first.address, first.family);
	});
};

/** @throws ERR_FORBIDDEN for an address that is written as a number; names are looked at when they are looked up */
export function requirePublicHost({ hostname }: URL): void {
	const bare = hostname.replace(/^\[|\]$/g, "");
	if (ipaddr.isValid(bare) && !isPublicAddress(bare)) throw notPublic(hostname);
}

function notPublic(host: string): OnwaxError {
	return new OnwaxError("ERR_FORBIDDEN", `${host} is not an address of the public internet.`, {
		hint: "If it is meant to be in this network, set `allowPrivate` for this webhook.",
	});
}
