import assert from "node:assert/strict";
import { test } from "node:test";
import { createSleepWatch, type Standstill } from "./sleep-watch.ts";

type Step = { monotonicSeconds: number; asleepSeconds?: number };

/** Steps half a second each, unless told otherwise; the uptime in whole seconds, as some systems have it. */
function live(steps: Step[]): Standstill[] {
	const watch = createSleepWatch();
	const found: Standstill[] = [];
	let monotonic = 1000.37;
	let uptime = 5000.81;
	for (const { monotonicSeconds, asleepSeconds = 0 } of steps) {
		monotonic += monotonicSeconds;
		uptime += monotonicSeconds + asleepSeconds;
		const standstill = watch.check(monotonic * 1000, Math.floor(uptime));
		if (standstill) found.push(standstill);
	}
	return found;
}

const awake = (count: number): Step[] => Array(count).fill({ monotonicSeconds: 0.5 });

test("an ordinary day has neither", () => {
	assert.deepEqual(live(awake(2 * 86_400)), []);
});

test("a machine that slept is noticed once, with about the length", () => {
	const nap = { monotonicSeconds: 0.6, asleepSeconds: 300 };
	const found = live([...awake(100), nap, ...awake(100), nap, ...awake(100)]);
	assert.equal(found.length, 2);
	for (const { suspendedSeconds, stoodStillSeconds } of found) {
		assert.ok(Math.abs(suspendedSeconds - 300) <= 1);
		assert.equal(stoodStillSeconds, 0);
	}
});

test("a process that was stopped for 30 s stood still, and nobody slept", () => {
	const found = live([...awake(100), { monotonicSeconds: 30 }, ...awake(100)]);
	assert.equal(found.length, 1);
	assert.equal(found[0]?.suspendedSeconds, 0);
	assert.ok(Math.abs((found[0]?.stoodStillSeconds ?? 0) - 30) < 0.001);
});

test("two clocks that drift apart by 500 ppm for a day are no sleep", () => {
	const drifting = { monotonicSeconds: 0.5, asleepSeconds: 0.00025 };
	assert.deepEqual(live(Array(2 * 86_400).fill(drifting)), []);
});
