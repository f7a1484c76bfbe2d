import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

/** What a piece of work was asked for by: a request, and whatever it sets off. */
export type Correlation = {
	/** In the log lines of all of it. */
	requestId: string;
	/** As in W3C's `traceparent`: 32 and 16 digits, hexadecimal. */
	traceId: string;
	spanId: string;
	sampled: boolean;
};

const current = new AsyncLocalStorage<Correlation | null>();

/** Null: nobody's request. */
export function currentCorrelation(): Correlation | null {
	return current.getStore() ?? null;
}

/** Whatever `work` sets off, now or later, belongs to that correlation. */
export function correlated<T>(correlation: Correlation | null, work: () => T): T {
	return current.run(correlation, work);
}

/** For work that goes on when the request that began it is long over: a worker, a timer, a process. */
export function outsideRequests<T>(work: () => T): T {
	return current.run(null, work);
}

const traceparent = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** What a `traceparent` header says (W3C Trace Context); null for anything that is none. */
export function readTraceparent(header: unknown): Omit<Correlation, "requestId"> | null {
	if (typeof header !== "string" || header.length > 200) return null;
	const [, traceId, spanId, flags] = traceparent.exec(header) ?? [];
	if (traceId === undefined || spanId === undefined || flags === undefined) return null;
	if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
	// Version 00 has these four parts and no more.
	if (header.startsWith("00") && header.length !== 55) return null;
	return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function writeTraceparent({ traceId, spanId, sampled }: Correlation): string {
	return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

export function newTraceId(): string {
	return randomHex(16);
}

export function newSpanId(): string {
	return randomHex(8);
}

/** Random bytes come by the thousand: asking for a few takes as long. */
let random = Buffer.alloc(0);
let randomAt = 0;

function randomHex(bytes: number): string {
	if (randomAt + bytes > random.length) {
		random = randomBytes(4096);
		randomAt = 0;
	}
	randomAt += bytes;
	return random.toString("hex", randomAt - bytes, randomAt);
}

/** As a job carries it from one process to another. */
export function correlationParameters(): Record<string, string> {
	const correlation = currentCorrelation();
	if (correlation === null) return {};
	return { request: correlation.requestId, trace: writeTraceparent(correlation) };
}

/** Null where nobody's request queued the job, or an earlier version did. */
export function correlationOf(parameters: Readonly<Record<string, string>>): Correlation | null {
	const { request, trace } = parameters;
	const read = readTraceparent(trace);
	return request === undefined || read === null ? null : { requestId: request, ...read };
}
