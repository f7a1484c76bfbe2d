import assert from "node:assert/strict";
import { test } from "node:test";
import { OnwaxError } from "../errors.ts";
import { addressKey, openRateLimit } from "./rate-limit.ts";

test("so many at once, then as many as the minute gives; each caller for itself", () => {
	let nowMs = 0;
	const limit = openRateLimit(
		() => ({ perMinute: 60, burst: 3 }),
		() => nowMs,
	);
	for (let n = 0; n < 3; n += 1) limit.take("a");
	assert.throws(
		() => limit.take("a"),
		(error) => error instanceof OnwaxError && error.retryAfterSeconds === 1,
	);
	limit.take("b");
	nowMs = 1000;
	limit.take("a");
	assert.throws(() => limit.take("a"), { code: "ERR_RATE_LIMIT" });
	limit.giveBack("a");
	limit.take("a");
	nowMs = 3_600_000;
	for (let n = 0; n < 3; n += 1) limit.take("a");
	assert.throws(() => limit.take("a"), { code: "ERR_RATE_LIMIT" });
});

test("what many strangers leave behind is bounded", () => {
	const limit = openRateLimit(
		() => ({ perMinute: 1, burst: 1 }),
		() => 0,
	);
	limit.take("first");
	for (let n = 0; n < 25_000; n += 1) limit.take(`stranger ${n}`);
	// The first has been forgotten, which is the price; the newest has not.
	limit.take("first");
	assert.throws(() => limit.take("stranger 24999"), { code: "ERR_RATE_LIMIT" });
});

test("an IPv6 network of one customer counts as one", () => {
	assert.equal(addressKey("2001:db8:1:2:3:4:5:6"), addressKey("2001:db8:1:2::1"));
	assert.notEqual(addressKey("2001:db8:1:2::1"), addressKey("2001:db8:1:3::1"));
	assert.equal(addressKey("::ffff:192.0.2.1"), addressKey("192.0.2.1"));
});
