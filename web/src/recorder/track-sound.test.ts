import assert from "node:assert/strict";
import { test } from "node:test";
import { mixChannels } from "./mix-channels.ts";
import { createTrackSound } from "./track-sound.ts";

const rate = 16_000;
const pieceMs = 10;
const tickMs = 50;

/** A microphone whose pieces count up from 1, a reader that can stand still, and what comes out of it. */
function listen(channels = 1) {
	const blocks: (Int16Array | null)[] = [];
	const sound = createTrackSound({ sampleRate: rate, channels }, (block) => blocks.push(block));
	let nowMs = 1000;
	let number = 0;
	let isLive = false;
	let isOver = false;
	const waiting: Float32Array[][] = [];
	const read = (askedMs: number) => {
		for (const planes of waiting.splice(0)) {
			sound.arrived(planes, rate, askedMs, nowMs);
			askedMs = nowMs;
		}
		if (isOver) sound.ended();
		isOver = false;
	};
	const capture = () => {
		if (!isLive) return;
		const value = ++number / 32767;
		const piece = new Float32Array((rate * pieceMs) / 1000).fill(value);
		waiting.push(Array.from({ length: channels }, () => piece));
	};
	/** `isStill`: sound goes on, and nobody reads or ticks. */
	const pass = (ms: number, isStill = false) => {
		for (let at = 0; at < ms; at += pieceMs) {
			nowMs += pieceMs;
			capture();
			if (isStill) continue;
			read(nowMs - pieceMs);
			if (nowMs % tickMs === 0) sound.tick(nowMs);
		}
	};
	const samples = () => blocks.flatMap((block) => [...(block ?? [])]);
	return {
		...{ sound, blocks, pass, samples, now: () => nowMs },
		track(atMs = nowMs) {
			isLive = true;
			sound.began(atMs);
		},
		/** What nobody has read by then still arrives. */
		lose() {
			isLive = false;
			isOver = true;
		},
		/** Nothing comes, and the track is there. */
		hush: () => {
			isLive = false;
		},
		sing: () => {
			isLive = true;
		},
		/** Seconds of sound and of silence in their order, and whether a piece is missing or out of its place. */
		heard() {
			const pieces: number[] = [];
			const parts: { isSound: boolean; seconds: number }[] = [];
			for (const [at, sample] of samples().entries()) {
				if (at % channels !== 0) continue;
				if (sample !== 0 && sample !== pieces.at(-1)) pieces.push(sample);
				const last = parts.at(-1);
				if (last?.isSound === (sample !== 0)) last.seconds += 1 / rate;
				else parts.push({ isSound: sample !== 0, seconds: 1 / rate });
			}
			const isWhole = pieces.every((piece, at) => piece === at + 1);
			const inWords = parts.map(
				({ isSound, seconds }) => `${isSound ? "sound" : "silence"} ${seconds.toFixed(2)}`,
			);
			return { isWhole, parts: inWords, isOver: blocks.at(-1) === null };
		},
	};
}

test("a reader that stood still from the beginning has all of it in the end, however long reading takes", () => {
	for (const readMs of [0, 0.1, 0.9]) {
		const blocks: (Int16Array | null)[] = [];
		const sound = createTrackSound({ sampleRate: rate, channels: 1 }, (block) => {
			blocks.push(block);
		});
		sound.began(0);
		const stillMs = 20_000;
		sound.stop(stillMs, stillMs);
		let nowMs = stillMs;
		for (let piece = 0; piece < stillMs / pieceMs; piece++) {
			const askedMs = nowMs;
			// Now and then something else has the processor.
			nowMs += piece % 50 === 49 ? 12 : readMs;
			const planes = [new Float32Array((rate * pieceMs) / 1000).fill(0.5)];
			sound.arrived(planes, rate, askedMs, nowMs);
		}
		for (let tick = 0; tick < 20; tick++) {
			nowMs += tickMs;
			sound.tick(nowMs);
		}
		const samples = blocks.reduce((sum, block) => sum + (block?.length ?? 0), 0);
		assert.ok(Math.abs(samples / rate - 20) < 0.05, `${samples / rate} s`);
		assert.equal(blocks.at(-1), null);
	}
});

test("a reader that stands still gives exactly the sound afterwards, and no silence", () => {
	const microphone = listen();
	microphone.track();
	microphone.pass(1000);
	for (const ms of [300, 2000, 12_000]) {
		microphone.pass(ms, true);
		microphone.pass(500);
	}
	const { isWhole, parts } = microphone.heard();
	assert.ok(isWhole);
	assert.deepEqual(parts, ["sound 16.80"]);
	assert.ok(microphone.blocks.every((block) => block?.length === 800));
});

test("stopping while the reader stands still: what was captured before is taken, and hardly more", () => {
	const microphone = listen();
	microphone.track();
	microphone.pass(1000);
	microphone.pass(2000, true);
	const pressedMs = microphone.now();
	microphone.pass(500, true);
	microphone.sound.stop(pressedMs, microphone.now());
	microphone.pass(2000);
	const { isWhole, parts, isOver } = microphone.heard();
	assert.ok(isWhole && isOver);
	assert.match(parts.join(), /^sound 3\.0\d$/);
});

test("while no track is there silence stands for it, as long as that lasts", () => {
	const microphone = listen();
	microphone.track();
	microphone.pass(1000);
	microphone.lose();
	microphone.pass(3000);
	microphone.track();
	microphone.pass(1000);
	microphone.sound.stop(microphone.now(), microphone.now());
	microphone.pass(100);
	const { isWhole, parts } = microphone.heard();
	assert.ok(isWhole);
	assert.match(parts.join(), /^sound 1\.00,silence (3\.0|2\.9)\d,sound 1\.0\d$/);
});

test("a track that goes while the reader stands still: first what it had, then silence", () => {
	const microphone = listen();
	microphone.track();
	microphone.pass(1000);
	microphone.pass(1000, true);
	microphone.lose();
	microphone.pass(1000, true);
	microphone.pass(1000);
	const { isWhole, parts } = microphone.heard();
	assert.ok(isWhole);
	assert.match(parts.join(), /^sound 2\.00,silence (2\.0|1\.9)\d$/);
});

test("a track that is read late gets silence only for the time before it was there", () => {
	const microphone = listen();
	microphone.track();
	microphone.pass(1000);
	microphone.lose();
	microphone.pass(1000);
	const cameBackMs = microphone.now() + 500;
	microphone.pass(500, true);
	microphone.sing();
	microphone.pass(2000, true);
	microphone.track(cameBackMs);
	microphone.pass(1000);
	const { isWhole, parts } = microphone.heard();
	assert.ok(isWhole);
	assert.match(parts.join(), /^sound 1\.00,silence 1\.(5|49)\d?,sound 3\.00$/);
});

test("a muted track that delivers nothing is silence; one that delivers is taken as it is", () => {
	const microphone = listen();
	microphone.track();
	microphone.pass(1000);
	microphone.sound.muted(true, microphone.now());
	microphone.pass(2000);
	microphone.hush();
	microphone.pass(3000);
	microphone.sound.muted(false, microphone.now());
	microphone.sing();
	microphone.pass(1000);
	const { isWhole, parts } = microphone.heard();
	assert.ok(isWhole);
	assert.match(parts.join(), /^sound 3\.00,silence (3\.0|2\.9)\d,sound 1\.00$/);
});

test("a track that is there and delivers nothing gets no silence: that would stand before what comes late", () => {
	const microphone = listen();
	microphone.track();
	microphone.pass(1000);
	microphone.hush();
	microphone.pass(5000);
	microphone.sing();
	microphone.pass(1000);
	assert.deepEqual(microphone.heard(), { isWhole: true, parts: ["sound 2.00"], isOver: false });
});

test("stopping ends, whatever the track does: muted, gone, hanging, or behind by what was never delivered", () => {
	for (const state of ["muted", "gone", "hanging", "behind", "none"] as const) {
		const microphone = listen();
		if (state !== "none") microphone.track();
		microphone.pass(1000);
		if (state !== "none") microphone.hush();
		if (state === "muted") microphone.sound.muted(true, microphone.now());
		if (state === "gone") microphone.lose();
		microphone.pass(5000);
		if (state === "behind") microphone.sing();
		microphone.sound.stop(microphone.now(), microphone.now());
		microphone.pass(600);
		const { isOver, parts } = microphone.heard();
		assert.ok(isOver, state);
		const expected = {
			...{
				muted: /^sound 1\.00,silence (5\.0|4\.9)\d$/,
				gone: /^sound 1\.00,silence (5\.0|4\.9)\d$/,
			},
			...{ hanging: /^sound 1\.00$/, behind: /^sound 1\.2\d$/, none: /^$/ },
		};
		assert.match(parts.join(), expected[state], state);
		assert.equal(microphone.blocks.filter((block) => block === null).length, 1, "one end");
	}
});

test("a night's sleep without a microphone is not a night of silence", () => {
	const microphone = listen();
	microphone.track();
	microphone.pass(1000);
	microphone.lose();
	microphone.pass(1000);
	microphone.pass(3_600_000, true);
	microphone.pass(1000);
	assert.match(microphone.heard().parts.join(), /^sound 1\.00,silence (2\.0|1\.9)\d$/);
});

test("a track of another rate goes on in its place", () => {
	const given: Int16Array[] = [];
	const sound = createTrackSound({ sampleRate: rate, channels: 1 }, (block) => {
		if (block !== null) given.push(block);
	});
	sound.began(0);
	let nowMs = 0;
	for (const from of [48_000, 44_100, 16_000])
		for (let piece = 0; piece < 100; piece++) {
			nowMs += pieceMs;
			sound.arrived([new Float32Array(from / 100).fill(0.5)], from, nowMs - pieceMs, nowMs);
		}
	const samples = given.flatMap((block) => [...block]);
	assert.equal(samples.length, 3 * rate);
	const middles = [0.5, 1.5, 2.5].map((seconds) => samples[seconds * rate]);
	assert.deepEqual(middles, [16_384, 16_384, 16_384]);
});

test("channels are mixed as Web Audio does it", () => {
	const planes = (...values: number[]) => values.map((value) => Float32Array.of(value));
	const mixed = (channels: number, ...values: number[]) =>
		mixChannels(planes(...values), channels).map(([value]) => value);
	assert.deepEqual(mixed(1, 0.5), [0.5]);
	assert.deepEqual(mixed(2, 0.5), [0.5, 0.5]);
	assert.deepEqual(mixed(1, 0.5, 0.25), [0.375]);
	assert.deepEqual(mixed(2, 0.5, 0.25), [0.5, 0.25]);
	assert.deepEqual(mixed(2, 0.5, 0.25, 0, 0.75), [0.25, 0.5]);
	assert.deepEqual(mixed(1, 1, 0, 0, 1), [0.5]);
});

test("the ends of the scale are not exceeded, and channels lie side by side", () => {
	const given: number[] = [];
	const sound = createTrackSound({ sampleRate: rate, channels: 2 }, (block) => {
		given.push(...(block ?? []));
	});
	sound.began(0);
	sound.arrived([Float32Array.of(2, -2, 0.5), Float32Array.of(0, 1, -0.5)], rate, 0, 1);
	sound.stop(0, 1);
	sound.arrived([Float32Array.of(0), Float32Array.of(0)], rate, 1, 2);
	assert.deepEqual(given, [32767, 0, -32768, 32767, 16384, -16384, 0, 0]);
});
