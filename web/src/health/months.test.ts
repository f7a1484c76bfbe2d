import assert from "node:assert/strict";
import { test } from "node:test";
import { lastMonths } from "./months.ts";

const kept = (month: string) => ({ month, recordings: 1, sizeBytes: 2, durationSeconds: 3 });

test("the months of a chart follow each other without a gap, across the years", () => {
	const months = lastMonths([kept("2025-11"), kept("2026-02")], 5);
	assert.deepEqual(
		months.map(({ month, recordings }) => [month, recordings]),
		[
			["2025-10", 0],
			["2025-11", 1],
			["2025-12", 0],
			["2026-01", 0],
			["2026-02", 1],
		],
	);
	assert.deepEqual(lastMonths([], 12), []);
});
