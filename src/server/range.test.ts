import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ByteRange, parseRange } from "./range.ts";

test("reads one range, from a place, up to a place, or of the end", () => {
	const cases: [string | undefined, number, ByteRange | "none" | null][] = [
		[undefined, 10, null],
		["bytes=0-", 10, { start: 0, end: 9 }],
		["bytes=2-4", 10, { start: 2, end: 4 }],
		["BYTES=2-400", 10, { start: 2, end: 9 }],
		["bytes=-3", 10, { start: 7, end: 9 }],
		["bytes=-30", 10, { start: 0, end: 9 }],
		["bytes=10-", 10, "none"],
		["bytes=99999999999999999999-", 10, "none"],
		["bytes=-0", 10, "none"],
		["bytes=0-", 0, "none"],
		["bytes=4-2", 10, null],
		["bytes=-", 10, null],
		["bytes=0-1,3-4", 10, null],
		["bytes=0x1-2", 10, null],
		["lines=0-1", 10, null],
	];
	for (const [header, size, expected] of cases) {
		assert.deepEqual(parseRange(header, size), expected, `${header} of ${size}`);
	}
});

test("whatever is asked, never points outside the file", () => {
	const part = fc.oneof(fc.constant(""), fc.bigInt({ min: 0n }).map(String), fc.string());
	fc.assert(
		fc.property(part, part, fc.nat(), (first, last, size) => {
			const range = parseRange(`bytes=${first}-${last}`, size);
			if (range === null || range === "none") return;
			assert.ok(range.start >= 0 && range.start <= range.end && range.end < size);
			assert.ok(Number.isSafeInteger(range.start) && Number.isSafeInteger(range.end));
		}),
	);
});
