import { createServer, type RequestListener, type Server } from "node:http";
import { isLoopback } from "../access/loopback.ts";
import { type Connections, watchConnections } from "./idle.ts";
import type { Limits } from "./limits.ts";

/**
 * Node's own server, with limits on what a client may hold and for how long.
 *
 * @param isShared whether many callers come from an address, which may then have more connections
 */
export function openHttpServer(
	handler: RequestListener,
	limits: Limits,
	isShared: (address: string) => boolean = isLoopback,
): { server: Server; connections: Connections } {
	const headersMs = limits.headersSeconds * 1000;
	const server = createServer(
		{
			maxHeaderSize: limits.headerBytes,
			headersTimeout: headersMs,
			// An upload may take hours: what stands still is ended by `watchConnections`.
			requestTimeout: 0,
			connectionsCheckingInterval: Math.max(50, Math.min(headersMs / 4, 2000)),
			keepAliveTimeout: limits.keepAliveSeconds * 1000,
			// The system finds out about a client that has vanished without a word.
			keepAlive: true,
			keepAliveInitialDelay: 30_000,
			insecureHTTPParser: false,
		},
		handler,
	);
	server.maxConnections = limits.mostConnections;
	const connections = watchConnections(server, limits, isShared);
	return { server, connections };
}
