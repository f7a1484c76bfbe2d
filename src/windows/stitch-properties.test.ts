import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { locateSegments } from "../lexicon/locate.ts";
import type { ActivityTrack } from "../speech/speech.ts";
import type { Segment, Span, Word } from "../transcript.ts";
import { heardSoFar } from "./heard-so-far.ts";
import { planWindows } from "./plan-windows.ts";
import { stitch } from "./stitch.ts";
import type { Said, Window } from "./window.ts";

/**
 * An engine is simulated window by window: what is spoken comes back with times that are a little off, words
 * that a window's edge cuts are missing there, or garbled.
 */

const jitterSeconds = 0.12;
const frameSeconds = 0.032;

type Spoken = { words: Word[]; durationSeconds: number };

/** Words from a small vocabulary, so that texts repeat; never the same one within 0.7 s of itself. */
const spoken = (vocabulary: number): fc.Arbitrary<Spoken> =>
	fc
		.array(
			fc.record({
				word: fc.nat(vocabulary - 1),
				seconds: fc.double({ min: 0.12, max: 0.8, noNaN: true }),
				// Mostly fluent speech without any silence to cut at.
				gap: fc.oneof(
					{ weight: 6, arbitrary: fc.double({ min: 0, max: 0.12, noNaN: true }) },
					{ weight: 1, arbitrary: fc.double({ min: 0.3, max: 3, noNaN: true }) },
				),
			}),
			{ minLength: 1, maxLength: 150, size: "max" },
		)
		.map((list) => {
			let at = 0.2;
			const words: Word[] = [];
			for (const { word, seconds, gap } of list) {
				at += gap;
				const recent = words.filter((one) => at - one.startSeconds < 1.5).map((one) => one.text);
				let number = word;
				while (recent.includes(`w${number}`)) number = (number + 1) % vocabulary;
				words.push({ text: `w${number}`, startSeconds: at, endSeconds: at + seconds });
				at += seconds;
			}
			return { words, durationSeconds: at + 0.3 };
		});

function trackOf({ words, durationSeconds }: Spoken): ActivityTrack {
	const frames = Math.ceil(durationSeconds / frameSeconds);
	const speaking = new Uint8Array(frames);
	const loudnessDbfs = new Int8Array(frames).fill(-60);
	for (const { startSeconds, endSeconds } of words) {
		const last = Math.ceil(endSeconds / frameSeconds);
		for (let frame = Math.floor(startSeconds / frameSeconds); frame < last; frame++) {
			speaking[frame] = 1;
			loudnessDbfs[frame] = -20 - ((frame * 7) % 5);
		}
	}
	return { detector: "test", frameSeconds, speaking, loudnessDbfs, durationSeconds };
}

type Hearing = { jitter: () => number; garbles: () => boolean };

/** What the engine makes of one window, times from its start. */
function heardWords(
	words: readonly Word[],
	{ startSeconds, endSeconds }: Span,
	how: Hearing,
): Word[] {
	const heard: Word[] = [];
	let earliest = 0;
	const length = endSeconds - startSeconds;
	for (const word of words) {
		const inside =
			Math.min(word.endSeconds, endSeconds) - Math.max(word.startSeconds, startSeconds);
		if (inside <= 0) continue;
		const isCut = word.startSeconds < startSeconds || word.endSeconds > endSeconds;
		if (isCut && !how.garbles()) continue;
		const shifted = (seconds: number) =>
			Math.min(length, Math.max(0, seconds - startSeconds + how.jitter()));
		const start = Math.max(earliest, shifted(word.startSeconds));
		earliest = start;
		const end = Math.max(start, shifted(word.endSeconds));
		heard.push({ text: isCut ? "g" : word.text, startSeconds: start, endSeconds: end });
	}
	return heard;
}

function segmentsOf(words: readonly Word[], size: number): Segment[] {
	const segments: Segment[] = [];
	for (let at = 0; at < words.length; at += size) {
		const part = words.slice(at, at + size);
		segments.push({
			text: part.map((word) => word.text).join(" "),
			startSeconds: part[0]?.startSeconds ?? 0,
			endSeconds: part.at(-1)?.endSeconds ?? 0,
			words: part,
		});
	}
	return segments;
}

const hearing = fc
	.record({
		jitters: fc.array(fc.double({ min: -jitterSeconds, max: jitterSeconds, noNaN: true }), {
			minLength: 40,
			maxLength: 200,
			size: "max",
		}),
		garbles: fc.array(fc.boolean(), { minLength: 5, maxLength: 20 }),
	})
	.map(({ jitters, garbles }): Hearing => {
		let next = 0;
		let nextGarbled = 0;
		return {
			jitter: () => jitters[next++ % jitters.length] ?? 0,
			garbles: () => garbles[nextGarbled++ % garbles.length] ?? false,
		};
	});

function transcribed(
	said: Spoken,
	windows: readonly Window[],
	how: Hearing,
	shape: (words: Word[], window: Window) => Segment[],
): { window: Window; output: Said }[] {
	return windows.map((window) => {
		const words = heardWords(said.words, window, how);
		const text = words.map((word) => word.text).join(" ");
		return { window, output: { text, segments: shape(words, window), language: "en" } };
	});
}

function assertTrustworthy({ text, segments }: Said): void {
	let earliest = 0;
	for (const segment of segments) {
		assert.ok(segment.startSeconds >= earliest, "starts never decrease");
		assert.ok(segment.endSeconds >= segment.startSeconds);
		earliest = segment.startSeconds;
		for (const word of segment.words) {
			assert.ok(word.startSeconds >= earliest, "words' starts never decrease");
			assert.ok(word.startSeconds <= word.endSeconds && word.endSeconds <= segment.endSeconds);
			earliest = word.startSeconds;
		}
	}
	if (segments.length > 0)
		assert.ok(locateSegments(text, segments), "the text is what the segments say");
}

const plan = {
	maxSeconds: fc.double({ min: 4, max: 40, noNaN: true }),
	size: fc.integer({ min: 1, max: 12 }),
};

test("stitched by word times, every word is there once, in order, and when it was said", () => {
	fc.assert(
		fc.property(spoken(30), hearing, plan.maxSeconds, plan.size, (said, how, maxSeconds, size) => {
			const windows = planWindows(trackOf(said), { maxSeconds });
			const whole = stitch(transcribed(said, windows, how, (words) => segmentsOf(words, size)));
			const words = whole.segments.flatMap((segment) => segment.words);
			assert.deepEqual(
				words.map((word) => word.text),
				said.words.map((word) => word.text),
			);
			assert.equal(whole.text, said.words.map((word) => word.text).join(" "));
			for (const [index, word] of words.entries()) {
				const off = word.startSeconds - (said.words[index]?.startSeconds ?? 0);
				assert.ok(Math.abs(off) <= jitterSeconds + 0.001, `${word.text} is off by ${off}`);
			}
			assertTrustworthy(whole);
		}),
		{ numRuns: 400 },
	);
});

test("stitched by segments without word times, every word is there once, in order", () => {
	const withoutWords = (segments: Segment[]) => segments.map((one) => ({ ...one, words: [] }));
	fc.assert(
		fc.property(spoken(400), hearing, plan.maxSeconds, plan.size, (said, how, maxSeconds, size) => {
			const windows = planWindows(trackOf(said), { maxSeconds: maxSeconds + 6 });
			const whole = stitch(
				transcribed(said, windows, how, (words, window) =>
					// Each window groups its words otherwise.
					withoutWords(segmentsOf(words, size + (window.index % 3))),
				),
			);
			assert.equal(whole.text, said.words.map((word) => word.text).join(" "));
			assertTrustworthy(whole);
		}),
		{ numRuns: 400 },
	);
});

test("stitched without any times, every word is there once, in order", () => {
	fc.assert(
		fc.property(spoken(400), hearing, plan.maxSeconds, (said, how, maxSeconds) => {
			const windows = planWindows(trackOf(said), { maxSeconds: maxSeconds + 6 });
			const whole = stitch(transcribed(said, windows, how, () => []));
			assert.equal(whole.text, said.words.map((word) => word.text).join(" "));
			assertTrustworthy(whole);
		}),
		{ numRuns: 400 },
	);
});

test("failed windows cost their own words and no other window's", () => {
	fc.assert(
		fc.property(
			spoken(30),
			hearing,
			plan.maxSeconds,
			fc.infiniteStream(fc.boolean()),
			(said, how, maxSeconds, failures) => {
				const windows = planWindows(trackOf(said), { maxSeconds });
				const parts = transcribed(said, windows, how, (words) => segmentsOf(words, 5)).map(
					({ window, output }) => ({ window, output: failures.next().value ? null : output }),
				);
				const whole = stitch(parts);
				const texts = whole.segments.flatMap((one) => one.words).map((word) => word.text);
				// Those that lie wholly in the core of a window that answered.
				const sure = said.words.filter((word) =>
					parts.some(
						({ window, output }) =>
							output !== null &&
							window.coreStartSeconds <= word.startSeconds &&
							word.endSeconds <= window.coreEndSeconds,
					),
				);
				let at = -1;
				for (const word of sure) {
					at = texts.indexOf(word.text, at + 1);
					assert.ok(at >= 0, `${word.text} is lost`);
				}
				const most = said.words.length + windows.length * 2;
				assert.ok(texts.length <= most, "nothing is doubled");
				assertTrustworthy(whole);
			},
		),
		{ numRuns: 200 },
	);
});

test("what is heard so far is how the text begins, whatever the windows that follow say", () => {
	const shapes = {
		words: (size: number) => (words: Word[]) => segmentsOf(words, size),
		segments: (size: number) => (words: Word[], window: Window) =>
			segmentsOf(words, size + (window.index % 3)).map((one) => ({ ...one, words: [] })),
		text: () => () => [],
	};
	const shape = fc.constantFrom(...Object.values(shapes));
	let told = 0;
	fc.assert(
		fc.property(
			...[spoken(30), hearing, plan.maxSeconds, plan.size, shape],
			(said, how, maxSeconds, size, shapeOf) => {
				const windows = planWindows(trackOf(said), { maxSeconds });
				const all = transcribed(said, windows, how, shapeOf(size));
				const { text } = stitch(all);
				let before = "";
				for (const answered of all.keys()) {
					const parts = all.map(({ window, output }, index) => ({
						window,
						output: index < answered ? output : null,
					}));
					const heard = heardSoFar(parts).text;
					assert.ok(heard.startsWith(before), `${before} became ${heard}`);
					assert.ok(text.startsWith(heard), `${heard} is not how this begins: ${text}`);
					if (answered > 0 && heard !== "") told += 1;
					before = heard;
				}
				assert.deepEqual(heardSoFar(all), stitch(all));
			},
		),
		{ numRuns: 300 },
	);
	assert.ok(told > 300, `it was told ${told} times`);
});
