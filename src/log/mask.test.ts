import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { isSecretKey, maskText, maskValue } from "./mask.ts";

const canary = "hush1234567890hush";

test("secrets are masked by key at any depth, whatever the key's spelling", () => {
	const masked = JSON.stringify(
		maskValue({
			apiKey: canary,
			headers: { Authorization: `Basic ${canary}`, "x-auth-token": [canary] },
			nested: [{ deep: { client_secret: { value: canary } } }],
			map: new Map([["PASSWORD", canary]]),
			ok: "visible",
		}),
	);
	assert.doesNotMatch(masked, /hush/);
	assert.match(masked, /visible/);
	assert.equal(isSecretKey("apiKeyEnv"), false);
});

test("secrets are masked inside texts", () => {
	for (const text of [
		`got sk-proj-${canary} back`,
		`Authorization: Bearer ${canary}`,
		`authorization=Basic ${canary}`,
		`https://eve:${canary}@example.org/x`,
		`{"api_key":"${canary}"}`,
		`https://example.org/?access_token=${canary}&x=1`,
		`password: ${canary}`,
		`ghp_${canary}`,
		`eyJ${canary}.${canary}.${canary}`,
	]) {
		assert.doesNotMatch(maskText(text), /hush/, text);
	}
	assert.match(maskText(`https://example.org/?token=${canary}&x=1`), /&x=1$/);
});

test("an e-mail address keeps its first letter and its domain", () => {
	assert.equal(maskText("to jane.doe+x@example.org, now"), "to j***@example.org, now");
	assert.equal(maskText("<ö@bücher.example>"), "<ö***@bücher.example>");
	assert.equal(maskText("at 5 @ noon, user@host"), "at 5 @ noon, user@host");
});

test("errors become plain objects, with their causes masked too", () => {
	const error = new Error("outer jane@example.org", { cause: new Error(`sk-${canary}`) });
	const masked = maskValue({ error }) as { error: { message: string; cause: { message: string } } };
	assert.equal(masked.error.message, "outer j***@example.org");
	assert.equal(masked.error.cause.message, "sk-***");
	assert.doesNotMatch(inspect(masked, { depth: null }), /hush|jane/);
});

test("cycles, depth, getters that throw and binary data give something to write", () => {
	const cycle: Record<string, unknown> = { bytes: new Uint8Array(3), big: 1n };
	cycle.self = cycle;
	assert.deepEqual(maskValue(cycle), { bytes: "[3 bytes]", big: "1", self: "[circular]" });
	const throwing = {
		get x() {
			throw new Error("no");
		},
	};
	assert.equal(maskValue(throwing), "[unreadable]");
	assert.equal(maskText("x".repeat(1_000_000)).length, 8193);
});

test("any value at all can be written as JSON once masked", () => {
	fc.assert(
		fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
			JSON.stringify(maskValue(value));
		}),
	);
});

test("no text makes masking slow: the worst ones are bounded by their length", () => {
	for (const unit of ["a", "a.", "eyJ", "://", "token=", "sk-", "a@", "Bearer "]) {
		const masked = maskText(unit.repeat(100_000));
		assert.ok(masked.length <= 20_000);
	}
});
