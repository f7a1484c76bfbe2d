import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { coverageWith, doubt } from "../../test/doubtful-recording.ts";
import { coverageFacts } from "../archive/transcript-file.ts";
import {
	coverageInWords,
	doubtInWords,
	doubtsInWords,
	fallbackInWords,
	placeOf,
	spanOf,
} from "./coverage-words.ts";
import { parseSeconds } from "./duration.ts";

test("what a text lacks is one sentence, with how much and where", () => {
	const gaps = [doubt("gap", 83.4), doubt("gap", 245.9)];
	assert.deepEqual(doubtsInWords({ doubts: gaps }), {
		head: "Not whole:",
		rest: "2 stretches of speech without words (0:12 in all), at 1:23 and 4:05.",
	});
	const all = [gaps[0], doubt("loop", 420), doubt("unheard", 540)].flatMap((one) => one ?? []);
	assert.equal(
		doubtsInWords({ doubts: all })?.rest,
		"1 stretch of speech without words (0:06), at 1:23; 1 phrase again and again, at 7:00; words where nobody speaks, at 9:00.",
	);
	assert.equal(doubtsInWords({ doubts: [doubt("unheard", 3)] })?.head, "Doubtful:");
	const edited = doubtsInWords({ doubts: gaps }, true);
	assert.equal(edited?.head, "What the engine heard is not whole:");
	assert.equal(doubtsInWords({ doubts: [] }), null);
});

test("of many places the first ones are named and the others counted", () => {
	const doubts = [10, 20, 30, 40, 50].map((at) => doubt("gap", at));
	assert.match(doubtsInWords({ doubts })?.rest ?? "", /at 0:10, 0:20, 0:30 and 2 other places\.$/);
});

test("how much of the speech has words is never told as more than it is", () => {
	const told = (seconds: number, covered: number, repairs = 0) =>
		coverageInWords(
			{
				speechSeconds: seconds,
				coveredSeconds: covered,
				gaps: 0,
				loops: 0,
				unheard: 0,
				failedWindows: 0,
			},
			repairs,
		);
	assert.equal(told(320, 312), "words over 5:12 of 5:20 of speech (97 %), nothing in doubt");
	assert.match(told(1000, 999.9), /\(99 %\)/);
	assert.match(told(320, 320, 2), /\(100 %\), nothing in doubt, 2 mended by asking again$/);
	assert.equal(told(0, 0), "nobody speaks, nothing in doubt");
	assert.doesNotMatch(told(8, 4), /nothing in doubt/, "half of it is not well");
	const doubts = [doubt("gap", 1), doubt("loop", 10), doubt("unheard", 20)];
	assert.match(coverageInWords(coverageFacts(coverageWith(doubts)), 0), /3 places in doubt$/);
	assert.match(coverageInWords(null, 0), /^not known/);
});

test("a doubt says what it is, how often it was asked for, and why it is still open", () => {
	assert.equal(doubtInWords(doubt("gap", 1)), "speech without words; asked again twice, in vain");
	assert.equal(
		doubtInWords(doubt("gap", 1, { askedAgain: 0 })),
		"speech without words; not asked again",
	);
	assert.equal(
		doubtInWords(doubt("gap", 1, { askedAgain: 1, reason: "It took\ntoo long." })),
		"speech without words; asked again once: It took too long.",
	);
	assert.equal(
		doubtInWords(doubt("unheard", 1, { text: "Thanks\nfor watching!" })),
		"words where nobody speaks: “Thanks for watching!”",
	);
	const loop = doubtInWords(doubt("loop", 1, { text: "thank you ".repeat(100) }));
	assert.match(
		loop,
		/^the same again and again: “thank you .{40,60}…”; asked again twice, in vain$/,
	);
});

test("another engine's text says which was wanted, and why it did not answer", () => {
	const told = (reason: string) => fallbackInWords("sphinx", { wanted: "openai", reason });
	assert.equal(told("there is no network"), "By sphinx instead of openai: there is no network.");
	assert.equal(told("The key was refused."), "By sphinx instead of openai: The key was refused.");
	assert.ok(told(`It failed: ${"secret ".repeat(1000)}`).length < 400, "not all a program said");
});

test("the place that is named is one that play takes, and never after the doubt begins", () => {
	fc.assert(
		fc.property(fc.double({ min: 0, max: 400_000, noNaN: true }), (startSeconds) => {
			const at = parseSeconds(placeOf(startSeconds));
			assert.ok(at !== null && at <= startSeconds && startSeconds - at < 1);
			const [from, to] = spanOf(doubt("gap", startSeconds)).split("–").map(parseSeconds);
			assert.ok(from === at && typeof to === "number" && to >= startSeconds + 6);
		}),
	);
});
