import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createForecast } from "./forecast.ts";

const gigabyte = 1e9;
const near = (actual: number | null, expected: number, by: number) =>
	assert.ok(actual !== null && Math.abs(actual - expected) < by, `${actual}`);

/** Looks once a second for so long while the disk fills at a rate. */
function filling(reserveBytes: number, freeBytes: number, bytesPerSecond: number, seconds: number) {
	const forecast = createForecast(reserveBytes);
	for (let second = 0; second <= seconds; second++)
		forecast.saw(freeBytes - second * bytesPerSecond, second * 1000);
	return forecast;
}

test("nothing is known before anything was seen, nor where nothing fills the disk", () => {
	assert.equal(createForecast(0).secondsLeft(1000), null);
	assert.equal(filling(0, gigabyte, 0, 60).secondsLeft(0), null);
});

test("our own rate counts from the first look, down to the reserve", () => {
	near(filling(gigabyte / 2, gigabyte, 0, 0).secondsLeft(1e6), 500, 0.001);
	assert.equal(filling(gigabyte, gigabyte / 2, 0, 0).secondsLeft(1e6), 0);
});

test("another program that fills the disk faster counts; a slower one changes nothing", () => {
	near(filling(0, 10 * gigabyte, 10e6, 60).secondsLeft(1e5), 940, 10);
	near(filling(0, gigabyte, 1000, 60).secondsLeft(1e5), 10_000, 1);
});

test("it is forgotten when the other program has been gone for a minute and a half", () => {
	const forecast = filling(0, 10 * gigabyte, 10e6, 60);
	for (let second = 61; second <= 160; second++) forecast.saw(9.4 * gigabyte, second * 1000);
	near(forecast.secondsLeft(1e6), 9400, 100);
});

test("whatever is freed and filled, the forecast is never negative nor longer than at our own rate", () => {
	const looks = fc.array(fc.tuple(fc.nat(gigabyte), fc.integer({ min: 1, max: 30_000 })), {
		minLength: 1,
		maxLength: 200,
	});
	fc.assert(
		fc.property(looks, fc.integer({ min: 1, max: 1e6 }), (made, ownRate) => {
			const forecast = createForecast(1e6);
			let nowMs = 0;
			for (const [freeBytes, passedMs] of made) {
				nowMs += passedMs;
				forecast.saw(freeBytes, nowMs);
				const left = forecast.secondsLeft(ownRate);
				assert.ok(left !== null && left >= 0);
				assert.ok(left <= Math.max(0, freeBytes - 1e6) / ownRate);
			}
		}),
	);
});
