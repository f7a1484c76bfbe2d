import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** This computer alone can reach it; also true of `localhost`, and of IPv4 in IPv6's clothes. */
export function isLoopback(address: string): boolean {
	if (address.toLowerCase() === "localhost") return true;
	return isIP(address) !== 0 && ipaddr.process(address).range() === "loopback";
}
