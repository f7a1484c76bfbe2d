import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMeter, measure } from "./levels.ts";

const mono = { sampleRate: 1000, channels: 1 };
const stereo = { sampleRate: 1000, channels: 2 };

function frames(...samples: number[]): Buffer {
	const buffer = Buffer.alloc(samples.length * 2);
	for (const [index, sample] of samples.entries()) buffer.writeInt16LE(sample, index * 2);
	return buffer;
}

const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 0.01);

test("a full sine wave peaks at 0 dBFS and has -3.01 dBFS in the mean", () => {
	const samples = Array.from({ length: 1000 }, (_, index) =>
		Math.round(32767 * Math.sin((2 * Math.PI * index) / 100)),
	);
	const { level, swingDbfs, isFlat, frames: count } = measure(frames(...samples), mono);
	near(level.peakDbfs, 0);
	near(level.rmsDbfs, -3.01);
	near(swingDbfs, 0);
	assert.equal(isFlat, false);
	assert.equal(count, 1000);
});

test("zeros are flat and silent; an offset is flat, too, and has no swing", () => {
	const zeros = measure(frames(0, 0, 0, 0), stereo);
	assert.deepEqual(zeros.level, { peakDbfs: -Infinity, rmsDbfs: -Infinity });
	assert.equal(zeros.isFlat, true);
	assert.equal(zeros.frames, 2);
	const offset = measure(frames(-300, -300, -300), mono);
	assert.equal(offset.isFlat, true);
	assert.equal(offset.swingDbfs, -Infinity);
	near(offset.level.peakDbfs, 20 * Math.log10(300 / 32768));
	assert.equal(measure(frames(0, 1), mono).isFlat, false);
});

test("the lowest sample is exactly 0 dBFS", () => {
	assert.equal(measure(frames(-32768), mono).level.peakDbfs, 0);
});

test("three full samples in a row of one channel and one sign are a clipped run; two are a peak", () => {
	const runs = (format: typeof mono, ...samples: number[]) =>
		measure(frames(...samples), format).clippedRuns;
	assert.equal(runs(mono, 0, 32767, 32767, 0), 0);
	assert.equal(runs(mono, 0, 32767, 32767, 32767, 0), 1);
	assert.equal(runs(mono, -32768, -32767, -32768, -32768), 1);
	assert.equal(runs(mono, 32767, 32767, -32768, -32768, 32767), 0);
	assert.equal(runs(mono, 32767, 32767, 32767, 0, -32768, -32768, -32768), 2);
	// Six in a row over both channels are three in each.
	assert.equal(runs(stereo, 32767, 32767, 32767, 32767, 32767, 32767), 2);
	assert.equal(runs(stereo, 32767, 0, 32767, 0, 32767, 0), 1);
	assert.equal(runs(stereo, 32767, 32767, 32767, 0), 0);
});

test("how the stream is cut into blocks, and where they lie in memory, makes no difference", () => {
	const sample = fc.oneof(
		fc.integer({ min: -32768, max: 32767 }),
		fc.constantFrom(32767, -32768, 0),
	);
	fc.assert(
		fc.property(fc.array(fc.tuple(sample, sample)), fc.array(fc.nat(20)), (pairs, cuts) => {
			const whole = frames(...pairs.flat());
			const meter = createMeter(stereo);
			let at = 0;
			for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
				const block = whole.subarray(at, at + cut * 4);
				const odd = Buffer.alloc(block.length + 1).subarray(1);
				odd.set(block);
				meter.hear(odd);
				at += block.length;
			}
			assert.deepEqual(meter.take(), measure(whole, stereo));
		}),
	);
});

test("a take begins anew, except for a run that goes on", () => {
	const meter = createMeter(mono);
	meter.hear(frames(32767, 32767));
	assert.equal(meter.take().clippedRuns, 0);
	meter.hear(frames(32767, 5));
	const second = meter.take();
	assert.equal(second.clippedRuns, 1);
	assert.equal(second.frames, 2);
	assert.deepEqual(meter.take(), {
		frames: 0,
		level: { peakDbfs: -Infinity, rmsDbfs: -Infinity },
		swingDbfs: -Infinity,
		isFlat: true,
		clippedRuns: 0,
	});
});
