import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wordsOf } from "../catalogue/words.ts";
import { locateSegments } from "../lexicon/locate.ts";
import type { Doubt, DoubtKind, Segment, Word } from "../transcript.ts";
import { placeAnswer } from "./place-answer.ts";
import type { Said } from "./window.ts";

function doubt(kind: DoubtKind, startSeconds: number, endSeconds: number): Doubt {
	return { kind, startSeconds, endSeconds, text: "", askedAgain: 0, reason: null };
}

function asked(startSeconds: number, endSeconds: number, ...doubts: Doubt[]) {
	return { startSeconds, endSeconds, doubts, about: doubts };
}

/** A segment of words of 0.3 s at the given times. */
function segment(...list: [string, number][]): Segment {
	const words = list.map(
		([text, startSeconds]): Word => ({ text, startSeconds, endSeconds: startSeconds + 0.3 }),
	);
	return {
		text: words.map((word) => word.text).join(" "),
		startSeconds: words[0]?.startSeconds ?? 0,
		endSeconds: words.at(-1)?.endSeconds ?? 0,
		words,
	};
}

function said(...segments: Segment[]): Said {
	return { text: segments.map((one) => one.text).join(" "), segments, language: "en" };
}

function untimed(text: string, startSeconds: number, endSeconds: number): Segment {
	return { text, startSeconds, endSeconds, words: [] };
}

const silence: Said = { text: "", segments: [], language: null };

test("words found in a gap are put in the middle of the segment that goes on after it", () => {
	const output = said(
		segment(["one", 1], ["two", 2], ["five", 9], ["six", 10]),
		segment(["seven", 12]),
	);
	const gap = asked(1.3, 10, doubt("gap", 2.8, 8.5));
	// The engine hears the words around it as well, and a scrap of the one before.
	const answer = said(segment(["n", 0], ["two", 0.8], ["three", 2.5], ["four", 5], ["five", 7.6]));
	const placed = placeAnswer(output, gap, answer);
	assert.equal(placed?.output.text, "one two three four five six seven");
	assert.equal(placed?.before, "");
});

test("a loop's words make way for the answer, and only they", () => {
	const output = said(segment(["so", 1], ["uh", 3], ["uh", 4], ["uh", 5], ["uh", 6], ["then", 8]));
	const loop = asked(2.5, 6.8, doubt("loop", 3, 6.3));
	const placed = placeAnswer(output, loop, said(segment(["we", 0.5], ["went", 2], ["home", 3])));
	assert.equal(placed?.output.text, "so we went home then");
	assert.equal(placed?.before, "uh uh uh uh");
	assert.equal(placed?.after, "we went home");
});

test("an answer without words changes nothing", () => {
	const output = said(segment(["uh", 3], ["uh", 4]));
	assert.equal(placeAnswer(output, asked(2, 5, doubt("loop", 3, 4.3)), silence), null);
});

test("what is there already is not put there twice", () => {
	const output = said(segment(["one", 1], ["two", 2]), segment(["three", 9]));
	const gap = asked(0.5, 9.5, doubt("gap", 2.8, 8.5));
	assert.equal(placeAnswer(output, gap, said(segment(["one", 0.6], ["two", 1.6]))), null);
});

test("where nothing was said at all, the answer is the text", () => {
	const gap = asked(4, 8, doubt("gap", 4.5, 7.5));
	const timed = placeAnswer(silence, gap, said(segment(["hello", 0.6])));
	assert.equal(timed?.output.segments[0]?.words[0]?.startSeconds, 4.6);
	const lines = placeAnswer(silence, gap, { ...silence, text: "hello" });
	assert.deepEqual(lines?.output.segments, [untimed("hello", 4, 8)]);
});

test("a segment without word times goes as a whole where the answer says more, else it stays", () => {
	const output = said(untimed("good morning", 0, 20), untimed("goodbye", 20, 22));
	const gap = asked(0, 20, doubt("gap", 0, 20));
	const more = { ...silence, text: "good morning and welcome to all of you" };
	const placed = placeAnswer(output, gap, more);
	assert.equal(placed?.output.text, "good morning and welcome to all of you goodbye");
	assert.equal(placed?.before, "good morning");
	assert.equal(placeAnswer(output, gap, { ...silence, text: "thanks" }), null);
	const half = asked(0, 10, doubt("gap", 0, 20));
	assert.equal(placeAnswer(output, half, more), null, "the other half's words would be lost");
});

test("between segments without word times, what both heard is there once", () => {
	const output = said(untimed("it was the best of times", 0, 4), untimed("it was the age", 9, 12));
	const gap = asked(3.5, 9.5, doubt("gap", 4, 9));
	const answer = { ...silence, text: "of times it was the worst of times it was" };
	assert.equal(
		placeAnswer(output, gap, answer)?.output.text,
		"it was the best of times it was the worst of times it was the age",
	);
});

test("a whole text without times is replaced only by an answer about all that is doubted", () => {
	const output = { ...silence, text: "thank you" };
	const answer = { ...silence, text: "four score and seven years ago" };
	const gap = doubt("gap", 1, 30);
	assert.equal(placeAnswer(output, asked(0, 15, gap), answer), null);
	assert.equal(placeAnswer(output, asked(0, 31, gap), answer)?.output.text, answer.text);
});

test("a text of which the segments say only a part keeps all its words", () => {
	const output: Said = { ...said(untimed("one two three", 0, 5)), text: "one two three four five" };
	const answer = said(untimed("eleven", 2, 3));
	assert.equal(placeAnswer(output, asked(5, 10, doubt("gap", 5, 10)), answer), null);
	const more = { ...answer, text: "one two three four five six seven" };
	const placed = placeAnswer(output, asked(0, 10, doubt("gap", 5, 10)), more);
	assert.equal(placed?.output.text, more.text, "nor is an answer's text lost");
	assert.equal(placed?.before, output.text);
});

const anySegment = fc
	.record({
		words: fc.array(fc.constantFrom("one", "two", "three", "four", "five", "six"), {
			minLength: 1,
			maxLength: 8,
		}),
		startSeconds: fc.integer({ min: 0, max: 30 }),
		times: fc.constantFrom("words", "some words", "segment"),
	})
	.map(({ words, startSeconds, times }) => {
		if (times === "segment")
			return untimed(words.join(" "), startSeconds, startSeconds + words.length);
		const all = segment(
			...words.map((text, at): [string, number] => [text, startSeconds + at * 0.4]),
		);
		if (times === "words") return all;
		// Words without times are left out, and some are told otherwise than in the text.
		const some = all.words.filter((_, at) => at % 3 !== 1);
		return { ...all, words: some.map((one, at) => (at % 2 ? one : { ...one, text: "20" })) };
	});
const anySaid = fc
	.record({
		segments: fc.array(anySegment, { maxLength: 6 }),
		more: fc.constantFrom("", "", "seven", "seven eight nine"),
		hasSegments: fc.boolean(),
	})
	.map(({ segments, more, hasSegments }): Said => {
		const whole = said(...segments.toSorted((a, b) => a.startSeconds - b.startSeconds));
		const text = `${whole.text} ${more}`.trim();
		return { ...whole, text, segments: hasSegments ? whole.segments : [] };
	});

test("every word that was there is there after an answer was placed, or is kept as what was before", () => {
	let placedOnce = 0;
	fc.assert(
		fc.property(
			anySaid,
			anySaid,
			fc.integer({ min: 0, max: 30 }),
			fc.integer({ min: 1, max: 40 }),
			fc.constantFrom<DoubtKind>("gap", "loop"),
			(output, answer, from, length, kind) => {
				const one = doubt(kind, from + 1, from + length);
				const placed = placeAnswer(output, asked(from, from + length + 1, one), answer);
				if (placed === null) return;
				placedOnce += 1;
				const kept = wordsOf(`${placed.output.text} ${placed.before}`);
				for (const word of new Set(wordsOf(output.text))) {
					const countIn = (list: string[]) => list.filter((each) => each === word).length;
					assert.ok(countIn(kept) >= countIn(wordsOf(output.text)), `${word} is lost`);
				}
			},
		),
		{ numRuns: 1000 },
	);
	assert.ok(placedOnce > 100);
});

test("an answer of thousands of words is placed in one pass", () => {
	const many = (count: number, name: string) =>
		said(
			...Array.from({ length: count }, (_, at) =>
				segment([`${name}${at}`, at], [`${name}${at}b`, at + 0.45]),
			),
		);
	const output = many(10_000, "w");
	const gap = asked(0, 10_000, doubt("gap", 0, 10_000));
	assert.equal(placeAnswer(output, gap, many(10_000, "v")), null);
});

/** Words half a second apart, some of which the first answer left out. */
const left = fc.array(fc.boolean(), { minLength: 1, maxLength: 120, size: "max" });

test("asked about every stretch that was left out, each word is there once, in order", () => {
	fc.assert(
		fc.property(
			left,
			fc.integer({ min: 1, max: 10 }),
			fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 20, maxLength: 60 }),
			fc.double({ min: 1.3, max: 3, noNaN: true }),
			(isThere, size, jitters, padding) => {
				const all = isThere.map((_, index): [string, number] => [`w${index}`, index / 2]);
				const kept = all.filter((_, index) => isThere[index]);
				const segments: Segment[] = [];
				for (let at = 0; at < kept.length; at += size)
					segments.push(segment(...kept.slice(at, at + size)));
				let output = said(...segments);
				for (let from = 0; from < all.length; from++) {
					if (isThere[from]) continue;
					let to = from;
					while (to < all.length && !isThere[to]) to++;
					const gap = doubt("gap", from / 2 + 0.3, to / 2 - 0.5);
					const span = {
						startSeconds: Math.max(0, gap.startSeconds - padding),
						endSeconds: gap.endSeconds + padding,
					};
					const heard = all
						.filter(([, at]) => at + 0.3 > span.startSeconds && at < span.endSeconds)
						.map(([text, at], index): [string, number] => {
							// What the edges cut is garbled.
							const isCut = at < span.startSeconds || at + 0.3 > span.endSeconds;
							const jitter = jitters[index % jitters.length] ?? 0;
							return [isCut ? "g" : text, Math.max(0, at - span.startSeconds + jitter)];
						});
					output =
						placeAnswer(output, { ...span, doubts: [gap], about: [gap] }, said(segment(...heard)))
							?.output ?? output;
					from = to;
				}
				assert.equal(output.text, all.map(([text]) => text).join(" "));
				assert.ok(locateSegments(output.text, output.segments));
				let earliest = 0;
				for (const one of output.segments) {
					for (const { startSeconds } of [one, ...one.words]) {
						assert.ok(startSeconds >= earliest, "starts never decrease");
						earliest = startSeconds;
					}
				}
			},
		),
		{ numRuns: 300 },
	);
});
