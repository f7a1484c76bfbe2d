import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createClockWatch, type Loss } from "./clock-watch.ts";

const sampleRate = 16_000;

type Interruption = {
	/** Punctual stream before it. */
	afterSeconds: number;
	/** Nothing is delivered for so long … */
	silentMs: number;
	/** … and so much of it is lost; the rest comes at once, or as fast as given. */
	lostMs: number;
	drainSpeed: number;
};

type Stream = {
	blockMs: number;
	jitterMs: number;
	/** Of the device's clock against ours. */
	driftPpm: number;
	seed: number;
	interruptions: Interruption[];
	/** A steady stream at the end, for the last loss to be seen. */
	tailSeconds: number;
};

/** Small and repeatable (mulberry32). */
function randomFrom(seed: number) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Plays a stream to the watch; where the losses really are in the recording is told as well. */
function play(stream: Stream) {
	const watch = createClockWatch(sampleRate);
	const random = randomFrom(stream.seed);
	const frames = Math.round((stream.blockMs / 1000) * sampleRate);
	const periodMs = (frames / sampleRate) * 1000 * (1 + stream.driftPpm * 1e-6);
	const found: Loss[] = [];
	const lost: Loss[] = [];
	let madeMs = 0;
	let deliveredMs = 0;
	let position = 0;
	const deliver = (atMs: number) => {
		deliveredMs = Math.max(deliveredMs, atMs);
		const loss = watch.arrived(frames, deliveredMs, position / sampleRate);
		if (loss) found.push(loss);
		position += frames;
	};
	const punctual = (seconds: number) => {
		for (let left = seconds * 1000; left > 0; left -= periodMs) {
			madeMs += periodMs;
			const jitter = random() < 0.3 ? 0 : random() * stream.jitterMs;
			// Now and then somebody else has the processor.
			const hiccup = random() < 0.005 ? random() * 300 : 0;
			deliver(madeMs + jitter + hiccup);
		}
	};
	/** A backlog that comes slowly is to be over before the next thing happens. */
	let settleSeconds = 0;
	for (const { afterSeconds, silentMs, lostMs, drainSpeed } of stream.interruptions) {
		punctual(afterSeconds + settleSeconds);
		settleSeconds = silentMs / 1000 / drainSpeed;
		const backAtMs = madeMs + silentMs;
		const lostBlocks = Math.round(lostMs / periodMs);
		const keptBlocks = Math.floor((silentMs - lostBlocks * periodMs) / periodMs);
		for (let block = 0; block < keptBlocks; block++) {
			madeMs += periodMs;
			deliver(Math.max(madeMs, backAtMs + (block * periodMs) / drainSpeed));
		}
		if (lostBlocks > 0) {
			lost.push({
				missingSeconds: (lostBlocks * frames) / sampleRate,
				positionSeconds: position / sampleRate,
			});
			madeMs += lostBlocks * periodMs;
		}
	}
	punctual(stream.tailSeconds + settleSeconds);
	return { found, lost };
}

const steadyStream = {
	blockMs: fc.integer({ min: 5, max: 100 }),
	jitterMs: fc.integer({ min: 0, max: 40 }),
	driftPpm: fc.integer({ min: -200, max: 200 }),
	seed: fc.integer(),
	tailSeconds: fc.integer({ min: 12, max: 30 }),
};

const interruption = fc.record({
	afterSeconds: fc.integer({ min: 12, max: 40 }),
	// Longer than an interruption, even if the last block before it was late.
	silentMs: fc.integer({ min: 900, max: 20_000 }),
	drainSpeed: fc.constantFrom(1.5, 3, 10, 1e9),
});

test("every loss from 110 ms on is found, to 20 ms, and about where it is; nothing else", () => {
	const losing = fc
		.tuple(interruption, fc.double({ min: 0, max: 1, noNaN: true }))
		.map(([one, part]) => ({ ...one, lostMs: 110 + part * (one.silentMs - 110) }));
	const stream = fc.record({
		...steadyStream,
		interruptions: fc.array(losing, { minLength: 1, maxLength: 4 }),
	});
	fc.assert(
		fc.property(stream, (made) => {
			const { found, lost } = play(made);
			// Whole blocks are lost: rounding may leave less than what is promised to be found.
			if (lost.some(({ missingSeconds }) => missingSeconds < 0.105)) return;
			assert.equal(found.length, lost.length);
			for (const [index, loss] of lost.entries()) {
				const seen = found[index] as Loss;
				assert.ok(Math.abs(seen.missingSeconds - loss.missingSeconds) < 0.02);
				// Where some of it came late, the loss is before that, within or after.
				const { silentMs, lostMs } = made.interruptions[index] as Interruption;
				const blurSeconds = (silentMs - lostMs) / 1000;
				assert.ok(Math.abs(seen.positionSeconds - loss.positionSeconds) < 2 + blurSeconds);
			}
		}),
		{ numRuns: 150 },
	);
});

test("whatever is only late is never called lost: jitter, drift, bursts, a process that stood still", () => {
	const stream = fc.record({
		...steadyStream,
		interruptions: fc.array(
			interruption.map((one) => ({ ...one, lostMs: 0 })),
			{ maxLength: 5 },
		),
	});
	fc.assert(
		fc.property(stream, (made) => assert.deepEqual(play(made).found, [])),
		{ numRuns: 150 },
	);
});

test("a day with a clock that is 200 ppm off (17 s in all) has no loss", () => {
	const steady = { blockMs: 100, jitterMs: 10, seed: 1, interruptions: [], tailSeconds: 86_400 };
	assert.deepEqual(play({ ...steady, driftPpm: 200 }).found, []);
	assert.deepEqual(play({ ...steady, driftPpm: -200 }).found, []);
});

test("a stream faster than real time, with pauses, has no loss", () => {
	const watch = createClockWatch(sampleRate);
	let nowMs = 0;
	for (let block = 0; block < 100_000; block++) {
		nowMs += block % 1000 === 0 ? 5000 : 0.4;
		assert.equal(watch.arrived(sampleRate / 10, nowMs, block / 10), null);
	}
});

test("250 ms lost without any interruption are found, a latency that grew by 150 ms is not one", () => {
	const found: Loss[] = [];
	const watch = createClockWatch(sampleRate);
	let nowMs = 0;
	for (let block = 0; block < 3000; block++) {
		nowMs += 10 + (block === 1000 ? 150 : 0) + (block === 2000 ? 250 : 0);
		const loss = watch.arrived(sampleRate / 100, nowMs, block / 100);
		if (loss) found.push(loss);
	}
	assert.equal(found.length, 1);
	assert.ok(Math.abs((found[0]?.missingSeconds ?? 0) - 0.25) < 0.01);
	assert.ok(Math.abs((found[0]?.positionSeconds ?? 0) - 20) < 0.1);
});

test("after a restart, what came before says nothing", () => {
	const watch = createClockWatch(sampleRate);
	for (let block = 0; block < 1000; block++)
		assert.equal(watch.arrived(160, block * 10, block / 100), null);
	watch.restart();
	for (let block = 0; block < 1000; block++)
		assert.equal(watch.arrived(160, 60_000 + block * 10, block / 100), null);
});
