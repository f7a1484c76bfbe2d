import type { FastifyRequest } from "fastify";
import { OnwaxError } from "../errors.ts";
import type { Server, ServerContext } from "./context.ts";

const allowedHeaders = [
	...["authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "range"],
	...["x-request-id", "last-event-id", "upload-length", "upload-offset", "upload-metadata"],
	...["upload-checksum", "upload-concat", "upload-defer-length", "tus-resumable"],
	...["x-http-method-override", "x-requested-with"],
].join(", ");

const exposedHeaders = [
	...["etag", "location", "x-request-id", "retry-after", "content-disposition", "content-range"],
	...["accept-ranges", "repr-digest", "onwax-recording", "onwax-name"],
	...["upload-offset", "upload-length", "upload-expires", "upload-metadata"],
	...["upload-defer-length", "tus-resumable", "tus-version", "tus-extension", "tus-max-size"],
	"tus-checksum-algorithm",
].join(", ");

/** Which other pages may use the API: those that are configured, and with a token only. */
export function allowOrigins(server: Server, { service }: ServerContext): void {
	server.addHook("onRequest", async (request, reply) => {
		const { origin } = request.headers;
		if (origin === undefined || isSameOrigin(request)) return;
		reply.raw.appendHeader("vary", "Origin");
		if (!isConfigured(origin, service.app.config.server.corsOrigins)) return;
		reply.raw.setHeader("access-control-allow-origin", origin);
		reply.raw.setHeader("access-control-expose-headers", exposedHeaders);
		const isPreflight = request.headers["access-control-request-method"] !== undefined;
		if (request.method !== "OPTIONS" || !isPreflight) return;
		return reply
			.headers({
				"access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
				"access-control-allow-headers": allowedHeaders,
				"access-control-max-age": "600",
			})
			.code(204)
			.send();
	});
}

/**
 * The browser itself says where a request was begun. A cookie goes along with what other pages on
 * this computer (another port of localhost) begin; it counts only for what our own page does.
 *
 * @param usesCookie the request is known by its cookie and by nothing else
 * @throws ERR_FORBIDDEN
 */
export function requireOwnPage(request: FastifyRequest, { usesCookie }: { usesCookie: boolean }) {
	const site = request.headers["sec-fetch-site"];
	const { origin } = request.headers;
	const isSafe = ["GET", "HEAD", "OPTIONS"].includes(request.method);
	const fromElsewhere =
		(site !== undefined && site !== "same-origin" && site !== "none") ||
		(origin !== undefined && !isSameOrigin(request));
	// Every browser says one of both with what changes something.
	const saysNothing = site === undefined && origin === undefined;
	if (fromElsewhere || (usesCookie && !isSafe && saysNothing)) {
		throw new OnwaxError("ERR_FORBIDDEN", "This was asked by a page that is not Onwax's own.", {
			hint: "Programs and other pages send a token: `Authorization: Bearer …`.",
		});
	}
}

function isSameOrigin({ headers, host, protocol }: FastifyRequest): boolean {
	const { origin } = headers;
	// Behind a proxy that does not say so, https looks like http; the name is the same.
	return origin === `${protocol}://${host}` || origin === `https://${host}`;
}

function isConfigured(origin: string, origins: readonly string[]): boolean {
	return origins.some((one) => one.replace(/\/$/, "").toLowerCase() === origin.toLowerCase());
}
