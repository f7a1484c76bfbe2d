import assert from "node:assert/strict";
import { test } from "node:test";
import { httpStatusError } from "./http-status.ts";

const about = { service: "https://example.org/v1", secrets: ["sk-canary"], nowMs: 0 };

test("the message quotes the service in one clean, bounded line", () => {
	const body = JSON.stringify({ error: { message: `no\u001b[2J\n${"x".repeat(5000)}` } });
	const error = httpStatusError({ status: 400, retryAfter: null, body }, about);
	assert.match(error.message, /^https:\/\/example\.org\/v1 answered 400: no\[2J x+$/);
	assert.ok(error.message.length < 400);
});

test("a key at the edge of what is quoted is not cut into a readable half", () => {
	const body = `${"x".repeat(295)} sk-canary`;
	const error = httpStatusError({ status: 401, retryAfter: null, body }, about);
	assert.ok(!error.message.includes("sk-"), error.message);
});

test("a page for people is not quoted", () => {
	const body = "<html><h1>502 Bad Gateway</h1></html>";
	const error = httpStatusError({ status: 502, retryAfter: null, body }, about);
	assert.equal(error.message, "https://example.org/v1 answered 502");
});

test("every status has a code, and exactly the transient ones are retryable", () => {
	for (let status = 100; status < 600; status++) {
		const error = httpStatusError({ status, retryAfter: "5", body: "" }, about);
		const transient = status >= 500 || [408, 409, 425, 429].includes(status);
		assert.equal(error.retryable, transient, String(status));
		assert.equal(error.retryAfterSeconds, transient ? 5 : null);
		assert.match(error.code, /^ERR_ENGINE_/);
	}
});

for (const body of [
	'{"error":{"message":"over","type":"insufficient_quota","code":null}}',
	'{"error":{"message":"over","code":"billing_hard_limit_reached"}}',
])
	test(`${body} is the account's problem, and waiting does not help`, () => {
		const error = httpStatusError({ status: 429, retryAfter: "5", body }, about);
		assert.deepEqual([error.code, error.retryable], ["ERR_ENGINE_QUOTA", false]);
		assert.equal(error.retryAfterSeconds, null);
	});
