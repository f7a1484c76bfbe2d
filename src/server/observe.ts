import { observe } from "../observation.ts";
import { correlated } from "../telemetry/correlation.ts";
import type { Server } from "./context.ts";
import { beginRequest } from "./correlation.ts";

const eventsRoute = "/api/v1/events";
const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** As nginx calls it: who asked went away before there was an answer. */
const goneStatus = 499;

/**
 * Every request is counted and measured by its route's pattern, and whatever it sets off belongs to
 * it: in the log by its id, in its trace. To be called before any other hook.
 */
export function observeRequests(server: Server): void {
	server.decorateRequest("correlation", null);
	server.addHook("onRequest", (request, reply, done) => {
		const startedAt = performance.now();
		const route = request.routeOptions.url ?? "none";
		const method = knownMethods.has(request.method) ? request.method : "other";
		const { correlation, traceparent, end } = beginRequest(request, `${method} ${route}`);
		request.correlation = correlation;
		reply.header("traceparent", traceparent);
		const isStream = route === eventsRoute;
		if (isStream) observe({ kind: "streams", change: 1 });
		// Told by the connection: also for answers that are cut, and those that are not Fastify's.
		reply.raw.once("close", () => {
			if (isStream) observe({ kind: "streams", change: -1 });
			const status = reply.raw.headersSent ? reply.raw.statusCode : goneStatus;
			const seconds = (performance.now() - startedAt) / 1000;
			observe({ kind: "request", method, route, status, seconds, isStream });
			end(status);
		});
		correlated(correlation, done);
	});
	// Reading a body begins anew from the socket, which belongs to nobody.
	server.addHook("preValidation", (request, _reply, done) => {
		correlated(request.correlation, done);
	});
}
