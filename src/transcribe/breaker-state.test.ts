import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type BreakerState, readBreakerState, stillHolds, viewBreaker } from "./breaker-state.ts";

const nowMs = Date.parse("2026-01-01T12:00:00.000Z");
const at = (agoSeconds: number) => new Date(nowMs - agoSeconds * 1000).toISOString();

function opened(agoSeconds: number): BreakerState {
	return {
		format: 1,
		failures: 5,
		openedAt: at(agoSeconds),
		lastFailure: { at: at(agoSeconds), code: "ERR_ENGINE_TIMEOUT", message: "slow" },
		lastSuccessAt: null,
	};
}

test("open until the cooldown is over, then the next request is the trial", () => {
	const open = viewBreaker(opened(10), 30, nowMs);
	assert.deepEqual([open.state, open.since, open.until], ["open", at(10), at(-20)]);
	assert.equal(viewBreaker(opened(30), 30, nowMs).state, "trying");
	assert.equal(viewBreaker(null, 30, nowMs).state, "closed");
});

test("an opening in the future or long ago is none; what failed and worked last is still said", () => {
	for (const ago of [-60, 3600, 86_400 * 365]) {
		const view = viewBreaker(opened(ago), 30, nowMs);
		assert.deepEqual([view.state, view.failures, view.until], ["closed", 0, null]);
		assert.equal(view.lastFailure?.message, "slow");
	}
	assert.equal(stillHolds(opened(3599), nowMs).failures, 5);
});

test("what was written is read again", () => {
	assert.deepEqual(readBreakerState(JSON.stringify(opened(1))), opened(1));
});

const broken = [
	"",
	"{",
	"null",
	"[]",
	"7",
	'"open"',
	JSON.stringify({ ...opened(1), format: 2 }),
	JSON.stringify({ ...opened(1), failures: -1 }),
	JSON.stringify({ ...opened(1), failures: "5" }),
	JSON.stringify({ ...opened(1), openedAt: "yesterday" }),
	JSON.stringify({ ...opened(1), lastFailure: { at: null, code: "x", message: "" } }),
	JSON.stringify({ ...opened(1), lastFailure: undefined }),
];

for (const text of broken) {
	test(`${text.slice(0, 60) || "nothing"} is no state`, () => {
		assert.equal(readBreakerState(text), null);
	});
}

test("whatever lies there, reading and showing it ends in words", () => {
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc.json(),
				fc
					.record({ format: fc.constant(1), failures: fc.nat(), lastFailure: fc.jsonValue() })
					.map((value) => JSON.stringify({ ...value, openedAt: null, lastSuccessAt: null })),
			),
			(text) => {
				const view = viewBreaker(readBreakerState(text), 30, nowMs);
				assert.ok(["closed", "open", "trying"].includes(view.state));
			},
		),
	);
});
