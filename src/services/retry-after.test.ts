import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRetryAfter } from "./retry-after.ts";

const nowMs = Date.UTC(2026, 0, 15, 12, 0, 0);

const cases: [header: string | null, seconds: number | null][] = [
	["0", 0],
	["2", 2],
	[" 1.5 ", 1.5],
	["86400", 86_400],
	["86401", null],
	["1e12", null],
	["1000000000000", null],
	["-5", null],
	["soon", null],
	["", null],
	[null, null],
	["NaN", null],
	["Infinity", null],
	["Thu, 15 Jan 2026 12:00:30 GMT", 30],
	["Thursday, 15-Jan-26 12:01:00 GMT", 60],
	["Thu, 15 Jan 2026 11:59:59 GMT", null],
	["Thu, 01 Jan 2999 00:00:00 GMT", null],
	["Thu, 99 Foo 2026 12:00:30 GMT", null],
];

for (const [header, seconds] of cases)
	test(`Retry-After ${JSON.stringify(header)} is ${seconds ?? "ignored"}`, () => {
		assert.equal(parseRetryAfter(header, nowMs), seconds);
	});
