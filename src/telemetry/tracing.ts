import type { Span } from "@opentelemetry/api";
import type { BasicTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { Logger } from "../logger.ts";
import { outsideRequests } from "./correlation.ts";
import { type OpenSpan, type SpanKind, useSpanSource } from "./spans.ts";

export type Tracing = {
	/** Resolves when spans are sent, or when it is certain that none will be. */
	readonly ready: Promise<void>;
	/** Sends what is left, for as long as `stopSeconds`; never throws. */
	close(): Promise<void>;
};

export type TracingOptions = {
	/** As configured: the collector's address, or that of its traces. Null: none. */
	otlpUrl: string | null;
	environment: Readonly<Record<string, string | undefined>>;
	appVersion: string;
	log: Logger;
};

type ProviderConfig = NonNullable<ConstructorParameters<typeof BasicTracerProvider>[0]>;
type Resource = NonNullable<ProviderConfig["resource"]>;

const exportTimeoutMs = 3000;
const stopMs = 2000;
const closed: Tracing = { ready: Promise.resolve(), close: async () => undefined };

/**
 * Sends traces to an OpenTelemetry collector where one is named, and loads nothing where none is. It
 * is loaded while the program already answers: what comes before that is in no trace. A collector that
 * is down or hangs costs memory for a few thousand spans, and those spans.
 */
export function startTracing(options: TracingOptions): Tracing {
	const url = tracesUrl(options.otlpUrl, options.environment);
	if (url === null) return closed;
	const { log } = options;
	const opening = outsideRequests(() => openExport(url, options.appVersion)).catch((error) => {
		log.warn({ error: String(error) }, "traces are not sent: OpenTelemetry could not be loaded");
		return null;
	});
	return {
		ready: opening.then(() => undefined),
		async close() {
			const open = await opening;
			if (open === null) return;
			open.stop();
			const late = Promise.withResolvers<void>();
			const timer = setTimeout(() => {
				log.warn({}, "the last traces were not sent: the collector does not answer");
				late.resolve();
			}, stopMs);
			await Promise.race([open.shutdown().catch(() => undefined), late.promise]);
			clearTimeout(timer);
		},
	};
}

/** Where traces go; null for nowhere. What is configured comes before the environment. */
export function tracesUrl(
	configured: string | null,
	environment: Readonly<Record<string, string | undefined>>,
): string | null {
	if (configured !== null) {
		const url = URL.parse(configured);
		if (url === null) return null;
		return /^\/*$/.test(url.pathname) ? new URL("/v1/traces", url).href : url.href;
	}
	const own = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim();
	if (own) return own;
	const base = environment.OTEL_EXPORTER_OTLP_ENDPOINT?.trim();
	return base ? `${base.replace(/\/+$/, "")}/v1/traces` : null;
}

async function openExport(url: string, appVersion: string) {
	const [api, sdk, { OTLPTraceExporter }] = await Promise.all([
		import("@opentelemetry/api"),
		import("@opentelemetry/sdk-trace-node"),
		import("@opentelemetry/exporter-trace-otlp-http"),
	]);
	// Its own notes would go to the terminal.
	api.diag.disable();
	const exporter = new OTLPTraceExporter({ url, timeoutMillis: exportTimeoutMs });
	const provider = new sdk.BasicTracerProvider({
		resource: resourceOf({ "service.name": "onwax", "service.version": appVersion }),
		spanProcessors: [
			new sdk.BatchSpanProcessor(exporter, {
				maxQueueSize: 4096,
				scheduledDelayMillis: 2000,
				exportTimeoutMillis: exportTimeoutMs,
			}),
		],
	});
	const tracer = provider.getTracer("onwax", appVersion);
	const { INTERNAL, SERVER, CLIENT, CONSUMER } = api.SpanKind;
	const kinds: Record<SpanKind, number> = {
		...{ internal: INTERNAL, server: SERVER, client: CLIENT, consumer: CONSUMER },
	};
	const stop = useSpanSource({
		begin(name, kind, attributes, parent) {
			const context =
				parent === null
					? api.ROOT_CONTEXT
					: api.trace.setSpanContext(api.ROOT_CONTEXT, {
							traceId: parent.traceId,
							spanId: parent.spanId,
							// Whoever configured a collector here wants to see all that is done here.
							traceFlags: api.TraceFlags.SAMPLED,
							isRemote: true,
						});
			const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, context);
			return openSpan(span, api.SpanStatusCode.ERROR);
		},
	});
	return { stop, shutdown: () => provider.shutdown() };
}

/** What is fixed from the beginning: nothing that looks into the machine, whose name is nobody's business. */
function resourceOf(attributes: Record<string, string>): Resource {
	const resource: Resource = {
		attributes,
		merge: () => resource,
		getRawAttributes: () => Object.entries(attributes),
	};
	return resource;
}

function openSpan(span: Span, errorStatus: number): OpenSpan {
	const { traceId, spanId } = span.spanContext();
	return {
		...{ traceId, spanId, sampled: true },
		set: (attributes) => void span.setAttributes(attributes),
		end(error) {
			if (error !== null) {
				// The code alone: a message may name what is nobody's business but the library's.
				const code = (error as { code?: unknown })?.code;
				span.setStatus({ code: errorStatus, message: typeof code === "string" ? code : "error" });
			}
			span.end();
		},
	};
}
