import type { FastifyRequest } from "fastify";
import { type Correlation, readTraceparent, writeTraceparent } from "../telemetry/correlation.ts";
import { beginSpan, newTrace } from "../telemetry/spans.ts";

declare module "fastify" {
	interface FastifyRequest {
		/** Null only before the first hook. */
		correlation: Correlation | null;
	}
}

export type BegunRequest = {
	correlation: Correlation;
	/** For the answer: the trace and our own place in it. */
	traceparent: string;
	end(status: number): void;
};

/** A request goes on with the trace that its `traceparent` names; one without begins its own. */
export function beginRequest(request: FastifyRequest, name: string): BegunRequest {
	const parent = readTraceparent(request.headers.traceparent);
	const [method = "", route = ""] = name.split(" ");
	const about = { "http.request.method": method, "http.route": route };
	const span = beginSpan(name, "server", { ...about, "onwax.request": request.id }, parent);
	const own = span ?? newTrace();
	const correlation: Correlation = {
		requestId: request.id,
		traceId: span?.traceId ?? parent?.traceId ?? own.traceId,
		spanId: own.spanId,
		sampled: span !== null || (parent?.sampled ?? false),
	};
	return {
		correlation,
		traceparent: writeTraceparent(correlation),
		end(status) {
			span?.set({ "http.response.status_code": status });
			span?.end(status >= 500 ? { code: `HTTP ${status}` } : null);
		},
	};
}
