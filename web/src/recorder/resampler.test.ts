import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createResampler } from "./resampler.ts";

const rates = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000];

function tone(hertz: number, rate: number, seconds: number): Float32Array {
	return Float32Array.from({ length: Math.round(rate * seconds) }, (_, at) =>
		Math.sin((2 * Math.PI * hertz * at) / rate),
	);
}

function resampled(input: Float32Array, from: number, to: number, cuts: number[] = []) {
	const resampler = createResampler(from, to);
	const parts: Float32Array[] = [];
	let at = 0;
	for (const cut of [...cuts, input.length]) {
		parts.push(resampler.push(input.subarray(at, at + cut)));
		at += cut;
	}
	parts.push(resampler.end());
	return parts.flatMap((part) => [...part]);
}

/** How loud it is beside a sine of full scale, without its beginning and end. */
function decibels(samples: number[]): number {
	const middle = samples.slice(1000, -1000);
	const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
	return 10 * Math.log10(2 * power);
}

test("however the input is cut, the same samples come out, and as many as there should be", () => {
	const rate = fc.constantFrom(...rates);
	const cuts = fc.array(fc.nat(700), { maxLength: 20 });
	fc.assert(
		fc.property(rate, rate, cuts, fc.nat(3000), (from, to, cuts, length) => {
			const input = Float32Array.from({ length }, (_, at) => Math.sin(at * at));
			const whole = resampled(input, from, to);
			assert.deepEqual(resampled(input, from, to, cuts), whole);
			assert.ok(Math.abs(whole.length - (length * to) / from) <= 1, `${whole.length} samples`);
		}),
		{ numRuns: 60 },
	);
});

test("the length stays true over a long time", () => {
	const resampler = createResampler(44_100, 16_000);
	let given = 0;
	for (let piece = 0; piece < 6000; piece++) given += resampler.push(new Float32Array(441)).length;
	assert.equal(given + resampler.end().length, 960_000);
});

for (const [from, to] of [
	[48_000, 16_000],
	[44_100, 16_000],
	[16_000, 48_000],
	[44_100, 48_000],
] as const)
	test(`${from} to ${to} Hz: what fits is passed on in its time and loudness, what does not is gone`, () => {
		const highest = Math.min(from, to) / 2;
		for (const part of [0.01, 0.1, 0.5, 0.8, 0.87]) {
			const hertz = part * highest;
			const output = resampled(tone(hertz, from, 0.5), from, to);
			assert.ok(Math.abs(decibels(output)) < 0.1, `${hertz} Hz: ${decibels(output)} dB`);
			const expected = tone(hertz, to, 0.5);
			const difference = output.map((sample, at) => sample - (expected[at] ?? 0));
			assert.ok(decibels(difference) < -40, `${hertz} Hz: ${decibels(difference)} dB beside it`);
		}
		for (let hertz = highest * 1.01; hertz < from / 2; hertz += 450) {
			const left = decibels(resampled(tone(hertz, from, 0.5), from, to));
			assert.ok(left < -70, `${hertz} Hz: ${left} dB are left`);
		}
		const still = resampled(new Float32Array(from).fill(0.5), from, to).slice(1000, -1000);
		assert.ok(still.every((sample) => Math.abs(sample - 0.5) < 1e-6));
	});

test("upwards nothing is added above what there was", () => {
	const output = resampled(tone(7000, 16_000, 0.5), 16_000, 48_000);
	const expected = tone(7000, 48_000, 0.5);
	assert.ok(decibels(output.map((sample, at) => sample - (expected[at] ?? 0))) < -45);
});

test("an equal rate changes nothing", () => {
	const input = tone(440, 16_000, 0.1);
	assert.deepEqual(resampled(input, 16_000, 16_000), [...input]);
});
