import assert from "node:assert/strict";
import { test } from "node:test";
import { firstInHour } from "./first-in-hour.ts";

test("each key counts once in an hour of the clock", () => {
	let nowMs = 0;
	const isFirst = firstInHour(() => nowMs);
	assert.deepEqual([isFirst("a"), isFirst("a"), isFirst("b")], [true, false, true]);
	nowMs = 3_599_999;
	assert.equal(isFirst("a"), false);
	nowMs = 3_600_000;
	assert.deepEqual([isFirst("a"), isFirst("a")], [true, false]);
});
