import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
	correlated,
	correlationOf,
	correlationParameters,
	currentCorrelation,
	newSpanId,
	newTraceId,
	outsideRequests,
	readTraceparent,
	writeTraceparent,
} from "./correlation.ts";

const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test("a traceparent is read as W3C writes it", () => {
	assert.deepEqual(readTraceparent(good), {
		traceId: "0af7651916cd43dd8448eb211c80319c",
		spanId: "b7ad6b7169203331",
		sampled: true,
	});
	// A later version may have more parts; this one not.
	assert.equal(readTraceparent(`cc${good.slice(2)}-what-comes`)?.sampled, true);
	for (const bad of [
		undefined,
		["x"],
		"",
		good.toUpperCase(),
		`${good}-more`,
		`ff${good.slice(2)}`,
		good.replace("0af7651916cd43dd8448eb211c80319c", "0".repeat(32)),
		good.replace("b7ad6b7169203331", "0".repeat(16)),
		`${good}\r\nx: y`,
		` ${good}`,
	]) {
		assert.equal(readTraceparent(bad), null, String(bad));
	}
});

test("whatever a header holds, nothing but what it must hold comes through", () => {
	fc.assert(
		fc.property(fc.string({ unit: fc.constantFrom(..."0123456789abcdef-\r\n g") }), (text) => {
			const read = readTraceparent(text);
			if (read !== null) assert.match(`${read.traceId}${read.spanId}`, /^[0-9a-f]{48}$/);
		}),
	);
});

test("a job carries the request that queued it from one process to another", async () => {
	const correlation = { requestId: "r-1", ...readTraceparent(good) } as const;
	const parameters = await correlated(correlation as never, async () => {
		await Promise.resolve();
		return correlationParameters();
	});
	assert.deepEqual(correlationOf(parameters), correlation);
	assert.equal(correlationOf({ engine: "x" }), null);
	assert.deepEqual(correlationParameters(), {});
});

test("what is begun outside requests belongs to none, also later", async () => {
	const correlation = { requestId: "r", traceId: newTraceId(), spanId: newSpanId(), sampled: true };
	assert.equal(writeTraceparent(correlation).length, 55);
	const later = correlated(correlation, () =>
		outsideRequests(
			() => new Promise((resolve) => setImmediate(() => resolve(currentCorrelation()))),
		),
	);
	assert.equal(await later, null);
});
