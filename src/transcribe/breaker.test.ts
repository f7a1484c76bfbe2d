import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, OnwaxError } from "../errors.ts";
import { breaking } from "./breaker.ts";
import type { BreakerMemory, BreakerState } from "./breaker-state.ts";
import type { Engine } from "./engine.ts";

const request = {
	audioPath: "/a",
	durationSeconds: null,
	language: null,
	signal: new AbortController().signal,
};

/** An engine whose behaviour is changed while it is used, behind a breaker of 3 and 30 s. */
function scene(memory?: BreakerMemory) {
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
	const wrapped = breaking(inner, { failures: 3, cooldownSeconds: 30 }, memory);
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

/** What outlives a process. */
function memory() {
	const kept: { state: BreakerState | null } = { state: null };
	const access: BreakerMemory = {
		recall: async () => kept.state,
		async remember(state) {
			kept.state = state;
		},
	};
	return { kept, access };
}

test("the next process does not ask a service again that the one before found dead", async (t) => {
	t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 0, 1) });
	const { kept, access } = memory();
	const first = scene(access);
	for (let i = 0; i < 3; i++) await first.fail("ERR_ENGINE_UNAVAILABLE");
	assert.equal(kept.state?.openedAt, "2026-01-01T00:00:00.000Z");
	t.mock.timers.tick(12_000);
	const second = scene(access);
	await assert.rejects(second.wrapped.transcribe(request), {
		code: "ERR_ENGINE_PAUSED",
		retryAfterSeconds: 18,
	});
	assert.equal(second.engine.calls, 0);
});

test("after the cooldown a new process sends one request, and a failure opens it again", async (t) => {
	t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 0, 1) });
	const { kept, access } = memory();
	const first = scene(access);
	for (let i = 0; i < 3; i++) await first.fail("ERR_ENGINE_UNAVAILABLE");
	t.mock.timers.tick(31_000);
	const second = scene(access);
	await second.fail("ERR_ENGINE_TIMEOUT");
	await assert.rejects(second.wrapped.transcribe(request), { code: "ERR_ENGINE_PAUSED" });
	assert.equal(second.engine.calls, 1);
	t.mock.timers.tick(31_000);
	const third = scene(access);
	await third.wrapped.transcribe(request);
	assert.deepEqual(
		[kept.state?.openedAt, kept.state?.failures, kept.state?.lastSuccessAt],
		[null, 0, "2026-01-01T00:01:02.000Z"],
	);
});

test("failures in a row are counted over several processes", async (t) => {
	t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 0, 1) });
	const { access } = memory();
	const first = scene(access);
	for (let i = 0; i < 2; i++) await first.fail("ERR_ENGINE_UNAVAILABLE");
	const second = scene(access);
	await second.fail("ERR_ENGINE_UNAVAILABLE");
	await assert.rejects(second.wrapped.transcribe(request), { code: "ERR_ENGINE_PAUSED" });
});

test("a failure that is no outage is remembered with its reason, and counts for nothing", async () => {
	const { kept, access } = memory();
	const { fail } = scene(access);
	await fail("ERR_ENGINE_AUTH");
	assert.deepEqual([kept.state?.failures, kept.state?.lastFailure?.code], [0, "ERR_ENGINE_AUTH"]);
	await fail("ERR_INTERRUPTED");
	assert.equal(kept.state?.lastFailure?.code, "ERR_ENGINE_AUTH");
});

test("a success that comes after it opened does not close it", async (t) => {
	t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 0, 1) });
	const { kept, access } = memory();
	const { engine, wrapped, fail } = scene(access);
	const slow = Promise.withResolvers<void>();
	engine.waitsFor = slow.promise;
	const late = wrapped.transcribe(request);
	while (engine.calls === 0) await new Promise(setImmediate);
	engine.waitsFor = null;
	for (let i = 0; i < 3; i++) await fail("ERR_ENGINE_UNAVAILABLE");
	engine.fails = null;
	slow.resolve();
	await late;
	assert.equal(kept.state?.openedAt, "2026-01-01T00:00:00.000Z");
	await assert.rejects(wrapped.transcribe(request), { code: "ERR_ENGINE_PAUSED" });
});
