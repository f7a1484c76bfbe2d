import assert from "node:assert/strict";
import { test } from "node:test";
import { OnwaxError } from "../errors.ts";
import type { Attempt } from "../job.ts";
import type { EngineOutput } from "../transcript.ts";
import { type RetryPolicy, transcribeWithRetries } from "./attempts.ts";
import type { Engine } from "./engine.ts";

const spoken: EngineOutput = { engine: "e", model: null, language: null, text: "hi", segments: [] };

function busy(retryAfterSeconds?: number): OnwaxError {
	return new OnwaxError("ERR_ENGINE_RATE_LIMIT", "too many", {
		retryable: true,
		httpStatus: 429,
		...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
	});
}

/** An engine that answers with these, in order, and every try takes a quarter of a second. */
function scene(answers: (Error | EngineOutput)[]) {
	let nowMs = Date.UTC(2026, 0, 1);
	const sleptMs: number[] = [];
	const told: [string, number | null][] = [];
	const engine: Engine = {
		name: "e",
		type: "test",
		model: null,
		input: {
			container: "any",
			sampleRate: null,
			channels: null,
			maxBytes: null,
			maxSeconds: null,
			extensions: null,
		},
		concurrency: 1,
		takesVocabulary: false,
		parameters: {},
		check: async () => ({ ok: true, message: "", hint: null }),
		async transcribe() {
			nowMs += 250;
			const answer = answers.shift() ?? assert.fail("asked too often");
			if (answer instanceof Error) throw answer;
			return answer;
		},
	};
	const abort = new AbortController();
	const request = { audioPath: "/a", durationSeconds: 1, language: null, signal: abort.signal };
	const run = (policy?: RetryPolicy, random = 0.5) =>
		transcribeWithRetries(engine, request, {
			...(policy ? { policy } : {}),
			clock: () => nowMs,
			random: () => random,
			sleep: async (durationMs) => {
				sleptMs.push(durationMs);
				nowMs += durationMs;
			},
			onAttemptFailed: (attempt: Attempt, delayMs) => told.push([attempt.code, delayMs]),
		});
	return { run, sleptMs, told, engine, request, abort, left: answers };
}

test("waits 1 s and 2 s between three tries, then has failed with the whole history", async () => {
	const { run, sleptMs, told } = scene([busy(), busy(), busy()]);
	const outcome = await run();
	assert.equal(outcome.kind, "failed");
	assert.deepEqual(sleptMs, [1000, 2000]);
	assert.deepEqual(outcome.attempts[1], {
		at: "2026-01-01T00:00:01.250Z",
		engine: "e",
		code: "ERR_ENGINE_RATE_LIMIT",
		message: "too many",
		httpStatus: 429,
		latencySeconds: 0.25,
	});
	assert.equal(outcome.attempts.length, 3);
	assert.deepEqual(
		told.map(([, delayMs]) => delayMs),
		[1000, 2000, null],
	);
});

test("a success after a failure reports the failure and the successful try's latency", async () => {
	const { run } = scene([busy(), spoken]);
	const outcome = await run();
	assert.ok(outcome.kind === "done");
	assert.equal(outcome.output.text, "hi");
	assert.equal(outcome.latencySeconds, 0.25);
	assert.equal(outcome.attempts.length, 1);
});

test("the last delay repeats when there are more tries than delays", async () => {
	const policy = { maxAttempts: 6, delaysSeconds: [1, 2, 4], maxDelaySeconds: 60 };
	const { run, sleptMs } = scene(Array.from({ length: 6 }, () => busy()));
	await run(policy);
	assert.deepEqual(sleptMs, [1000, 2000, 4000, 4000, 4000]);
});

test("a permanent error stops at once", async () => {
	const { run, left } = scene([new OnwaxError("ERR_ENGINE_AUTH", "no"), spoken]);
	const outcome = await run();
	assert.ok(outcome.kind === "failed");
	assert.equal(outcome.error.code, "ERR_ENGINE_AUTH");
	assert.equal(left.length, 1);
});

test("an error that is not of the contract is a failure, not a crash", async () => {
	const { run } = scene([new TypeError("a driver's mistake")]);
	const outcome = await run();
	assert.ok(outcome.kind === "failed");
	assert.equal(outcome.error.code, "ERR_ENGINE");
});

test("Retry-After lengthens the delay, never shortens it", async () => {
	const { run, sleptMs } = scene([busy(7.5), busy(0.5), spoken]);
	assert.equal((await run()).kind, "done");
	assert.deepEqual(sleptMs, [7500, 2000]);
});

test("full jitter shortens the backoff, but not what the service asked for", async () => {
	const policy: RetryPolicy = {
		maxAttempts: 4,
		delaysSeconds: [1, 2, 4],
		maxDelaySeconds: 60,
		jitter: "full",
	};
	const { run, sleptMs } = scene([busy(), busy(5), busy(1), spoken]);
	await run(policy, 0.5);
	assert.deepEqual(sleptMs, [500, 5000, 2000]);
});

test("sixty seconds are waited for, sixty-one are not: the work is postponed", async () => {
	const waits = scene([busy(60), spoken]);
	assert.equal((await waits.run()).kind, "done");
	assert.deepEqual(waits.sleptMs, [60_000]);

	const leaves = scene([busy(61), spoken]);
	const outcome = await leaves.run();
	assert.ok(outcome.kind === "postponed");
	assert.equal(outcome.retryAfterSeconds, 61);
	assert.equal(outcome.attempts.length, 1);
	assert.deepEqual(leaves.sleptMs, []);
	assert.deepEqual(leaves.told, [["ERR_ENGINE_RATE_LIMIT", null]]);
});

test("the last try is postponed as well when the service says when to come back", async () => {
	const { run } = scene([busy(), busy(), busy(3600)]);
	const outcome = await run();
	assert.ok(outcome.kind === "postponed");
	assert.equal(outcome.attempts.length, 3);
});

test("an abort ends the waiting at once", async () => {
	const { engine, request, abort } = scene([busy(50)]);
	const running = transcribeWithRetries(engine, request, {
		onAttemptFailed: () => setImmediate(() => abort.abort()),
	});
	await assert.rejects(running, { code: "ERR_INTERRUPTED" });
});

test("an aborted request does not reach the engine", async () => {
	const { run, abort, left } = scene([spoken]);
	abort.abort();
	await assert.rejects(run(), { code: "ERR_INTERRUPTED" });
	assert.equal(left.length, 1);
});

test("a refusal by the open breaker is no try: postponed at once, nothing in the history", async () => {
	const paused = new OnwaxError("ERR_ENGINE_PAUSED", "left alone", {
		retryable: true,
		retryAfterSeconds: 12,
	});
	const { run, sleptMs } = scene([paused]);
	const outcome = await run();
	assert.deepEqual(outcome, {
		kind: "postponed",
		error: paused,
		attempts: [],
		retryAfterSeconds: 12,
	});
	assert.deepEqual(sleptMs, []);
});
