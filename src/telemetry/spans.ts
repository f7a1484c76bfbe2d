import {
	type Correlation,
	correlated,
	currentCorrelation,
	newSpanId,
	newTraceId,
} from "./correlation.ts";

export type SpanAttributes = Record<string, string | number | boolean>;
export type SpanKind = "internal" | "server" | "client" | "consumer";

/** A stretch of work that is being measured for a trace. */
export type OpenSpan = {
	readonly traceId: string;
	readonly spanId: string;
	readonly sampled: boolean;
	set(attributes: SpanAttributes): void;
	end(error: unknown): void;
};

/** Begins spans; there is one only where traces are wanted (tracing.ts). It never throws. */
export type SpanSource = {
	begin(
		name: string,
		kind: SpanKind,
		attributes: SpanAttributes,
		parent: Omit<Correlation, "requestId"> | null,
	): OpenSpan;
};

let source: SpanSource | null = null;

/** @returns what takes it away again, unless another one has taken its place */
export function useSpanSource(next: SpanSource): () => void {
	source = next;
	return () => {
		if (source === next) source = null;
	};
}

/** Null where nobody wants traces. */
export function beginSpan(
	name: string,
	kind: SpanKind,
	attributes: SpanAttributes,
	parent: Omit<Correlation, "requestId"> | null,
): OpenSpan | null {
	return source?.begin(name, kind, attributes, parent) ?? null;
}

/**
 * Does the work as a span of the current trace; spans that begin in it are its children. Without
 * traces it only does the work.
 */
export async function inSpan<T>(
	name: string,
	attributes: SpanAttributes,
	work: () => Promise<T>,
	kind: SpanKind = "internal",
): Promise<T> {
	if (source === null) return work();
	const parent = currentCorrelation();
	const span = source.begin(name, kind, attributes, parent);
	const within = parent === null ? null : { ...parent, spanId: span.spanId };
	try {
		const result = await correlated(within, work);
		span.end(null);
		return result;
	} catch (error) {
		span.end(error);
		throw error;
	}
}

/** Without traces the ids are there all the same: a caller may find its request by them. */
export function newTrace(): Omit<Correlation, "requestId"> {
	return { traceId: newTraceId(), spanId: newSpanId(), sampled: false };
}
