import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Segment, Span } from "../transcript.ts";
import type { Heard } from "./heard.ts";
import { judgeCoverage } from "./judge-coverage.ts";

function heard(durationSeconds: number, ...speech: [number, number][]): Heard {
	return {
		detector: "test",
		speech: speech.map(([startSeconds, endSeconds]) => ({ startSeconds, endSeconds })),
		durationSeconds,
	};
}

/** One word each half second from one time to another. */
function words(from: number, to: number, text = "word"): Segment {
	const all = [];
	for (let at = from; at < to; at += 0.5)
		all.push({ text: `${text}${all.length}`, startSeconds: at, endSeconds: at + 0.4 });
	return {
		text: all.map((word) => word.text).join(" "),
		startSeconds: from,
		endSeconds: to,
		words: all,
	};
}

function line(text: string, startSeconds: number, endSeconds: number): Segment {
	return { text, startSeconds, endSeconds, words: [] };
}

function said(...segments: Segment[]) {
	return { text: segments.map((one) => one.text).join(" "), segments };
}

function doubtsOf(about: Heard, output: { text: string; segments: Segment[] }) {
	return judgeCoverage(about, output).doubts.map(
		({ kind, startSeconds, endSeconds }) => `${kind} ${startSeconds}–${endSeconds}`,
	);
}

test("speech that has words over it is covered", () => {
	const coverage = judgeCoverage(heard(30, [1, 10], [12, 25]), said(words(1, 10), words(12, 25)));
	assert.deepEqual(coverage, {
		detector: "test",
		speechSeconds: 22,
		coveredSeconds: 22,
		doubts: [],
		repairs: [],
	});
});

test("speech that was left out is a gap with its times", () => {
	const about = heard(60, [1, 20], [21, 40]);
	assert.deepEqual(doubtsOf(about, said(words(1, 10), words(30, 40))), ["gap 10.4–29.5"]);
	assert.equal(judgeCoverage(about, said(words(1, 10), words(30, 40))).coveredSeconds, 19.9);
});

test("a short stretch without words is no gap", () => {
	assert.deepEqual(doubtsOf(heard(30, [1, 20]), said(words(1, 8), words(10, 20))), []);
});

test("many short stretches with pauses between them are a gap together", () => {
	const about = heard(30, [1, 2], [2.5, 3.4], [4, 4.9], [20, 21]);
	assert.deepEqual(doubtsOf(about, said(words(20, 21))), ["gap 1–4.9"]);
});

test("an empty answer has a gap for each thing that was spoken", () => {
	const about = heard(60, [1, 10], [30, 31], [40, 50]);
	const coverage = judgeCoverage(about, { text: "", segments: [] });
	assert.equal(coverage.coveredSeconds, 0);
	assert.deepEqual(doubtsOf(about, { text: " \n", segments: [] }), ["gap 1–10", "gap 40–50"]);
});

test("no speech and no words: nothing to doubt", () => {
	assert.deepEqual(judgeCoverage(heard(60), { text: "", segments: [] }).doubts, []);
});

test("words where nobody speaks are doubted, those at the edge of speech are not", () => {
	const about = heard(60, [10, 20]);
	const output = said(words(8.8, 21), words(40, 42, "thanks"));
	assert.deepEqual(doubtsOf(about, output), ["unheard 40–41.9"]);
	assert.deepEqual(doubtsOf(heard(60), said(line("Thank you for watching!", 0, 30))), [
		"unheard 0–30",
	]);
	assert.deepEqual(doubtsOf(heard(60), { text: "Thank you!", segments: [] }), ["unheard 0–60"]);
});

test("a word that is stretched over a pause covers no speech in it, and is heard", () => {
	const stretched = { text: "so", startSeconds: 10, endSeconds: 40 };
	const output = said({ ...stretched, words: [stretched] });
	assert.deepEqual(doubtsOf(heard(60, [9.8, 10.4], [20, 30]), output), ["gap 20–30"]);
});

/** Words of so many seconds, each beginning so long after the one before. */
function slowWords(from: number, to: number, everySeconds: number, wordSeconds: number): Segment {
	const all = [];
	for (let at = from; at < to; at += everySeconds)
		all.push({ text: `w${all.length}`, startSeconds: at, endSeconds: at + wordSeconds });
	return { ...line(all.map((word) => word.text).join(" "), from, to), words: all };
}

test("a few words stretched over all that is spoken do not cover it, and are doubted once", () => {
	const about = heard(12, [0.2, 11.4]);
	const output = said(slowWords(0, 12, 4, 4));
	assert.deepEqual(doubtsOf(about, output), ["gap 0.2–11.4"]);
	assert.equal(judgeCoverage(about, output).coveredSeconds, 8.3, "each counts for two seconds");
});

test("only the stretch with too few words is doubted, not what is said at a usual pace around it", () => {
	const about = heard(100, [0, 100]);
	const output = said(words(0, 30), slowWords(30, 60, 3, 3), words(60, 100));
	assert.deepEqual(doubtsOf(about, output), ["gap 29.7–60.2"]);
	assert.deepEqual(
		doubtsOf(about, said(words(0, 30), slowWords(30, 60, 2, 2), words(60, 100))),
		[],
	);
	assert.deepEqual(
		doubtsOf(about, said(words(0, 30), slowWords(30, 36, 3, 3), words(36, 100))),
		[],
	);
});

test("what is doubted as a gap or has a segment's times is not doubted once more for its few words", () => {
	const about = heard(60, [0, 60]);
	const untimed = line("one two three four five six seven eight nine ten", 20, 40);
	assert.deepEqual(doubtsOf(about, said(words(0, 20), untimed, words(40, 60))), []);
	assert.deepEqual(doubtsOf(about, said(words(0, 20), words(40, 60))), ["gap 20.4–39.5"]);
});

test("segments without word times cover their span, if their text can be all that was spoken", () => {
	const about = heard(60, [0, 30]);
	const enough = "one two three four five six seven eight nine ten eleven twelve";
	assert.deepEqual(doubtsOf(about, said(line(enough, 0, 30))), []);
	const coverage = judgeCoverage(about, said(line("thank you", 0, 30)));
	assert.deepEqual(doubtsOf(about, said(line("thank you", 0, 30))), ["gap 0–30"]);
	assert.equal(coverage.coveredSeconds, 5, "two words, spoken as slowly as anybody speaks");
	assert.deepEqual(doubtsOf(about, said(line(enough, 0, 10))), ["gap 10.5–30"]);
});

test("without any times, far too few words for the speech are a doubt about all of it", () => {
	const about = heard(60, [5, 25], [30, 55]);
	const [doubt, ...more] = judgeCoverage(about, { text: "thank you", segments: [] }).doubts;
	assert.deepEqual(more, []);
	assert.deepEqual([doubt?.kind, doubt?.startSeconds, doubt?.endSeconds], ["gap", 5, 55]);
	assert.equal(doubt?.reason, "The engine gave no times, and 2 words are few for 45 s of speech.");
	const plenty = { text: manyWords(30), segments: [] };
	assert.deepEqual(judgeCoverage(about, plenty).doubts, []);
});

function manyWords(count: number): string {
	return Array.from({ length: count }, (_, index) => `word${index}`).join(" ");
}

test("a loop is doubted from its first word to its last, across segments", () => {
	const thanks = (at: number) => words(at, at + 1, "thank");
	const output = said(
		words(0, 5, "a"),
		thanks(5),
		thanks(6),
		thanks(7),
		thanks(8),
		words(9, 12, "b"),
	);
	const { doubts } = judgeCoverage(heard(12, [0, 12]), output);
	assert.deepEqual(doubtsOf(heard(12, [0, 12]), output), ["loop 5–8.9"]);
	assert.equal(doubts[0]?.text, "thank0 thank1 thank0 thank1 thank0 thank1 thank0 thank1");
});

test("a loop without word times is each segment's in which it goes round", () => {
	const output = said(
		line("all is well", 0, 5),
		line("I see. I see. I see.", 5, 10),
		line("I see. I see.", 10, 15),
	);
	assert.deepEqual(doubtsOf(heard(15, [0, 15]), output), ["loop 5–10", "loop 10–15"]);
	const text = "I see. I see. I see. I see.";
	assert.deepEqual(doubtsOf(heard(15, [1, 9]), { text, segments: [] }), ["loop 1–9"]);
});

const span = (longest: number) =>
	fc
		.record({
			startSeconds: fc.double({ min: 0, max: 100, noNaN: true }),
			seconds: fc.double({ min: 0, max: longest, noNaN: true }),
		})
		.map(
			({ startSeconds, seconds }): Span => ({ startSeconds, endSeconds: startSeconds + seconds }),
		);

const anySpeech = fc
	.array(fc.double({ min: 0.3, max: 8, noNaN: true }), { maxLength: 30 })
	.map((steps) => {
		const speech: Span[] = [];
		let at = 0;
		for (const [index, step] of steps.entries()) {
			if (index % 2 === 1) speech.push({ startSeconds: at, endSeconds: at + step });
			at += step;
		}
		return { detector: "test", speech, durationSeconds: at };
	});

const anySegments = fc
	.array(
		fc.record({
			at: fc.oneof(span(6), span(60)),
			text: fc.constantFrom("a", "b c", "d", ".."),
			timed: fc.boolean(),
		}),
		{
			maxLength: 30,
		},
	)
	.map((list) =>
		list
			.map(
				({ at, text, timed }): Segment => ({ ...at, text, words: timed ? [{ ...at, text }] : [] }),
			)
			.sort((a, b) => a.startSeconds - b.startSeconds),
	);

test("covered is never more than spoken, and doubts are in order and have a length", () => {
	fc.assert(
		fc.property(anySpeech, anySegments, (about, segments) => {
			const coverage = judgeCoverage(about, said(...segments));
			assert.ok(coverage.coveredSeconds >= 0);
			assert.ok(coverage.coveredSeconds <= coverage.speechSeconds);
			let earliest = 0;
			for (const { startSeconds, endSeconds } of coverage.doubts) {
				assert.ok(startSeconds >= earliest && endSeconds >= startSeconds);
				earliest = startSeconds;
			}
		}),
		{ numRuns: 300 },
	);
});

test("more words never make less covered", () => {
	fc.assert(
		fc.property(anySpeech, anySegments, span(2), (about, segments, more) => {
			fc.pre(segments.length > 0);
			const word = { ...more, text: "more" };
			const added = [...segments, { ...word, words: [word] }].sort(
				(a, b) => a.startSeconds - b.startSeconds,
			);
			const before = judgeCoverage(about, said(...segments)).coveredSeconds;
			assert.ok(judgeCoverage(about, said(...added)).coveredSeconds >= before - 0.001);
		}),
		{ numRuns: 300 },
	);
});

test("segments that lie over one another cover the same speech once", () => {
	const about = heard(60, [0, 30]);
	const output = said(line("one two three", 0, 30), line("four five six", 0, 30));
	assert.equal(judgeCoverage(about, output).coveredSeconds, 15);
	const many = Array.from({ length: 10 }, () => line("one two three", 0, 30));
	assert.equal(judgeCoverage(about, said(...many)).coveredSeconds, 30);
});

test("speech that no word is near is doubted, wherever it is longer than a second and a half", () => {
	fc.assert(
		fc.property(anySpeech, anySegments, (about, segments) => {
			fc.pre(segments.length > 0);
			const gaps = judgeCoverage(about, said(...segments)).doubts.filter(
				({ kind }) => kind === "gap",
			);
			for (const { startSeconds, endSeconds } of about.speech) {
				if (endSeconds - startSeconds < 1.6) continue;
				const isNear = segments.some(
					(one) => one.startSeconds - 0.6 < endSeconds && one.endSeconds + 0.6 > startSeconds,
				);
				if (isNear) continue;
				assert.ok(
					gaps.some(
						(gap) =>
							gap.startSeconds <= startSeconds + 0.001 && gap.endSeconds >= endSeconds - 0.001,
					),
				);
			}
		}),
		{ numRuns: 300 },
	);
});
