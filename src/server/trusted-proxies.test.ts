import assert from "node:assert/strict";
import { test } from "node:test";
import { manyBehind } from "./trusted-proxies.ts";

test("many come from this computer, and from the proxies that are named", () => {
	const isShared = manyBehind(["10.0.0.0/8", "192.0.2.7", "2001:db8::1"]);
	for (const one of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.9.8.7", "::ffff:10.1.1.1"]) {
		assert.equal(isShared(one), true, one);
	}
	assert.deepEqual([isShared("192.0.2.7"), isShared("2001:db8::1")], [true, true]);
	for (const one of ["192.0.2.8", "11.0.0.1", "2001:db8::2", ""]) {
		assert.equal(isShared(one), false, one);
	}
});
