import assert from "node:assert/strict";
import { test } from "node:test";
import { whenOf } from "./job-words.ts";

test("a waiting job says when it is tried, and nothing of the past", () => {
	const now = Date.parse("2026-03-04T05:06:07.000Z");
	const at = (seconds: number) => ({ nextRunAt: new Date(now + seconds * 1000).toISOString() });
	assert.equal(whenOf({ nextRunAt: null }, now), "");
	assert.equal(whenOf(at(-500), now), "as soon as there is time");
	assert.equal(whenOf(at(20), now), "in 20 seconds");
	assert.match(whenOf(at(3600), now), /^at \d/);
});
