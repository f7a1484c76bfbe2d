import assert from "node:assert/strict";
import { test } from "node:test";
import { hintParameters, hintsOf, nextPauseSeconds } from "./transcribe-hints.ts";

test("hints go through a job's parameters and come back", () => {
	const hints = { language: "de", prompt: "Wachswalze", goesOn: true };
	assert.deepEqual(hintsOf({ parameters: hintParameters(hints) }), hints);
	const none = { language: null, prompt: null, goesOn: false };
	assert.deepEqual(hintParameters(none), {});
	assert.deepEqual(hintsOf({ parameters: { engine: "x" } }), none);
});

test("of a long prompt the end is kept, which is what engines read", () => {
	const { prompt } = hintParameters({
		language: null,
		prompt: `${"x".repeat(5000)}end`,
		goesOn: false,
	});
	assert.ok((prompt?.length ?? 0) < 1000 && prompt?.endsWith("end"));
});

test("what waits is tried less and less often, and not for ever", () => {
	const createdAt = "2026-01-01T00:00:00.000Z";
	const after = (seconds: number) =>
		nextPauseSeconds(createdAt, Date.parse(createdAt) + seconds * 1000);
	assert.equal(after(0), 30);
	assert.equal(after(600), 300);
	assert.equal(after(24 * 3600), 3600);
	assert.equal(after(4 * 24 * 3600), null);
	// A clock that was set back.
	assert.equal(after(-1000), 30);
});
