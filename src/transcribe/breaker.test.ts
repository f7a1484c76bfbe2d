import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, OnwaxError } from "../errors.ts";
import { breaking } from "./breaker.ts";
import type { Engine } from "./engine.ts";

const request = {
	audioPath: "/a",
	durationSeconds: null,
	language: null,
	signal: new AbortController().signal,
};

/** An engine whose behaviour is changed while it is used, behind a breaker of 3 and 30 s. */
function scene() {
	const engine = {
		calls: 0,
		fails: null as ErrorCode | null,
		waitsFor: null as Promise<void> | null,
	};
	const inner: Engine = {
		name: "e",
		type: "test",
		model: "m",
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
		parameters: { a: "b" },
		check: async () => ({ ok: true, message: "", hint: null }),
		async transcribe() {
			engine.calls++;
			await engine.waitsFor;
			if (engine.fails) throw new OnwaxError(engine.fails, "no");
			return { engine: "e", model: "m", language: null, text: "hi", segments: [] };
		},
	};
	const wrapped = breaking(inner, { failures: 3, cooldownSeconds: 30 });
	const fail = async (code: ErrorCode) => {
		engine.fails = code;
		await assert.rejects(wrapped.transcribe(request), { code });
	};
	return { engine, wrapped, fail };
}

test("opens after that many outages in a row, and then leaves the service alone", async (t) => {
	t.mock.timers.enable({ apis: ["Date"] });
	const { engine, wrapped, fail } = scene();
	await fail("ERR_ENGINE_UNAVAILABLE");
	await fail("ERR_ENGINE_TIMEOUT");
	await fail("ERR_ENGINE_RATE_LIMIT");
	t.mock.timers.tick(10_000);
	await assert.rejects(wrapped.transcribe(request), {
		code: "ERR_ENGINE_PAUSED",
		retryable: true,
		retryAfterSeconds: 20,
	});
	assert.equal(engine.calls, 3);
});

test("closes again when the trial after the cooldown succeeds", async (t) => {
	t.mock.timers.enable({ apis: ["Date"] });
	const { engine, wrapped, fail } = scene();
	for (let i = 0; i < 3; i++) await fail("ERR_ENGINE_UNAVAILABLE");
	t.mock.timers.tick(30_000);
	engine.fails = null;
	assert.equal((await wrapped.transcribe(request)).text, "hi");
	await fail("ERR_ENGINE_UNAVAILABLE");
	await fail("ERR_ENGINE_UNAVAILABLE");
	assert.equal(engine.calls, 6, "two failures do not open it: it counts from the start");
});

test("one request alone is the trial; others are refused meanwhile", async (t) => {
	t.mock.timers.enable({ apis: ["Date"] });
	const { engine, wrapped, fail } = scene();
	for (let i = 0; i < 3; i++) await fail("ERR_ENGINE_UNAVAILABLE");
	t.mock.timers.tick(30_000);
	const trial = Promise.withResolvers<void>();
	engine.waitsFor = trial.promise;
	engine.fails = null;
	const first = wrapped.transcribe(request);
	await new Promise(setImmediate);
	await assert.rejects(wrapped.transcribe(request), { code: "ERR_ENGINE_PAUSED" });
	trial.resolve();
	assert.equal((await first).text, "hi");
	assert.equal(engine.calls, 4);
});

test("a failed trial opens it for another cooldown", async (t) => {
	t.mock.timers.enable({ apis: ["Date"] });
	const { engine, wrapped, fail } = scene();
	for (let i = 0; i < 3; i++) await fail("ERR_ENGINE_UNAVAILABLE");
	t.mock.timers.tick(30_000);
	await fail("ERR_ENGINE_TIMEOUT");
	await assert.rejects(wrapped.transcribe(request), { retryAfterSeconds: 30 });
	assert.equal(engine.calls, 4);
});

test("what is not the service's outage never opens it", async () => {
	const { engine, fail } = scene();
	for (const code of ["ERR_ENGINE_REJECTED", "ERR_ENGINE_AUTH", "ERR_ENGINE_QUOTA"] as const)
		for (let i = 0; i < 3; i++) await fail(code);
	assert.equal(engine.calls, 9);
});

test("a success in between starts the count anew", async () => {
	const { engine, wrapped, fail } = scene();
	for (let round = 0; round < 3; round++) {
		await fail("ERR_ENGINE_UNAVAILABLE");
		await fail("ERR_ENGINE_UNAVAILABLE");
		engine.fails = null;
		await wrapped.transcribe(request);
	}
	assert.equal(engine.calls, 9);
});

test("the wrapped engine is the same engine in everything else", () => {
	const { wrapped } = scene();
	assert.deepEqual(
		[wrapped.name, wrapped.type, wrapped.model, wrapped.parameters],
		["e", "test", "m", { a: "b" }],
	);
});
