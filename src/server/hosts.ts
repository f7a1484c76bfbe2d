import { isIP } from "node:net";
import { isLoopback } from "../access/loopback.ts";
import { OnwaxError } from "../errors.ts";
import type { Server, ServerContext } from "./context.ts";

export type HostRules = {
	/** Where the service listens; null: nobody said. */
	boundAddress: string | null;
	/** `server.host` and `server.allowedHosts`. */
	names: readonly string[];
};

/**
 * A page elsewhere can make its own name lead to this computer (DNS rebinding); the browser then
 * takes our answers for its own. It cannot choose what the browser says in `Host`.
 */
export function checkHosts(server: Server, { service }: ServerContext): void {
	let boundAddress: string | null = null;
	server.addHook("onRequest", (request, _reply, done) => {
		const { host, allowedHosts } = service.app.config.server;
		// Asked once: it is a call of the system's.
		boundAddress ??= boundTo(server);
		const rules: HostRules = { boundAddress, names: [host, ...allowedHosts] };
		// What the connection says, and what a proxy that we believe says of it.
		const said = request.raw.headers.host ?? "";
		const refused = [said, request.host].find(
			(given, index) => (index === 0 || given !== said) && !isAllowedHost(given, rules),
		);
		if (refused === undefined) return done();
		const name = JSON.stringify(refused.slice(0, 100));
		done(
			new OnwaxError("ERR_FORBIDDEN", `Onwax does not answer to the name ${name}.`, {
				hint: "If that is its name, add it: `onwax config set server.allowedHosts '[\"name\"]'`.",
			}),
		);
	});
}

function boundTo(server: Server): string | null {
	const bound = server.server.address();
	return bound !== null && typeof bound === "object" ? bound.address : null;
}

/** @param given a `Host` header; any port is fine */
export function isAllowedHost(given: string, { boundAddress, names }: HostRules): boolean {
	const name = hostName(given);
	if (name === null) return false;
	if (name === "localhost" || names.some((one) => hostName(one) === name)) return true;
	if (isIP(name) === 0) return false;
	if (isLoopback(name)) return true;
	// A bare address is nobody's name: it leads to where it says, and rebinding needs a name.
	return boundAddress !== null && !isLoopback(boundAddress);
}

/** In lower case, without port, brackets and the dot at its end; null: none. */
function hostName(given: string): string | null {
	if (isIP(given) === 6) return given.toLowerCase();
	const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/\\@\s]+))(?::\d{1,5})?$/i.exec(given);
	const name = (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, "");
	return name === undefined || name === "" ? null : name;
}
