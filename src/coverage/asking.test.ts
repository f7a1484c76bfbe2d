import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Doubt, DoubtKind, Segment } from "../transcript.ts";
import { isWorthTaking, judgeAgain } from "./after-asking.ts";
import { gapsToAsk } from "./gaps-to-ask.ts";
import type { Heard } from "./heard.ts";
import { judgeCoverage } from "./judge-coverage.ts";

function doubt(kind: DoubtKind, startSeconds: number, endSeconds: number): Doubt {
	return { kind, startSeconds, endSeconds, text: "", askedAgain: 0, reason: null };
}

const hour = { durationSeconds: 3600, maxSeconds: 30 };

function spans(doubts: Doubt[], about: Parameters<typeof gapsToAsk>[1] = hour) {
	return gapsToAsk({ doubts }, about).map((one) => [one.startSeconds, one.endSeconds]);
}

test("gaps and loops are asked with what stands around them, words that nobody said are not", () => {
	const doubts = [doubt("gap", 10, 14), doubt("unheard", 20, 22), doubt("loop", 40, 45)];
	assert.deepEqual(spans(doubts), [
		[8.5, 15.5],
		[38.5, 46.5],
	]);
});

test("neighbours are asked together, as far as the engine can hear at once", () => {
	const doubts = [doubt("gap", 10, 20), doubt("gap", 22, 30), doubt("gap", 32, 45)];
	const askings = gapsToAsk({ doubts }, hour);
	assert.deepEqual(
		askings.map((one) => [one.startSeconds, one.endSeconds, one.doubts.length]),
		[
			[8.5, 31.5, 2],
			[30.5, 46.5, 1],
		],
	);
});

test("a long gap is asked in parts, which are cut in the pauses of who speaks", () => {
	const speech = [
		{ startSeconds: 0, endSeconds: 24 },
		{ startSeconds: 26, endSeconds: 50 },
	];
	assert.deepEqual(spans([doubt("gap", 0, 50)], { ...hour, speech }), [
		[0, 26.5],
		[23.5, 51.5],
	]);
});

test("a gap that just fits is asked whole, with as much around it as there is room for", () => {
	assert.deepEqual(spans([doubt("gap", 100, 129)]), [[99.5, 129.5]]);
	assert.deepEqual(spans([doubt("gap", 0.2, 9)]), [[0, 10.5]]);
});

test("what is asked lies in the recording, is no longer than allowed, and covers every gap", () => {
	const anyDoubts = fc.array(
		fc
			.record({
				at: fc.double({ min: 0, max: 500, noNaN: true }),
				seconds: fc.double({ min: 0, max: 90, noNaN: true }),
			})
			.map(({ at, seconds }) => doubt("gap", at, at + seconds)),
		{ maxLength: 20 },
	);
	fc.assert(
		fc.property(anyDoubts, fc.double({ min: 1, max: 100, noNaN: true }), (doubts, maxSeconds) => {
			const askings = gapsToAsk({ doubts }, { durationSeconds: 600, maxSeconds });
			for (const { startSeconds, endSeconds } of askings) {
				assert.ok(startSeconds >= 0 && endSeconds <= 600);
				assert.ok(endSeconds - startSeconds <= maxSeconds + 1e-9);
			}
			for (const { startSeconds, endSeconds } of doubts) {
				const length = askings.reduce((sum, one) => sum + one.endSeconds - one.startSeconds, 0);
				assert.ok(length >= endSeconds - startSeconds - 1e-6);
				for (const at of [startSeconds, (startSeconds + endSeconds) / 2, endSeconds])
					assert.ok(askings.some((one) => one.startSeconds <= at && at <= one.endSeconds));
			}
			assert.deepEqual(askings, gapsToAsk({ doubts }, { durationSeconds: 600, maxSeconds }));
		}),
	);
});

test("an answer is worth taking if it says something and does not go round in circles", () => {
	const answer = (text: string) => ({ text, segments: [] });
	assert.ok(isWorthTaking(answer("four score and seven")));
	assert.ok(!isWorthTaking(answer(" ")));
	assert.ok(!isWorthTaking(answer("...")));
	assert.ok(!isWorthTaking(answer("thank you ".repeat(5))));
});

const heard: Heard = {
	detector: "test",
	speech: [{ startSeconds: 0, endSeconds: 60 }],
	durationSeconds: 60,
};

function words(from: number, to: number): Segment {
	const all = [];
	for (let at = from; at < to; at += 0.5)
		all.push({ text: `w${at * 2}`, startSeconds: at, endSeconds: at + 0.4 });
	const text = all.map((one) => one.text).join(" ");
	return { text, startSeconds: from, endSeconds: to, words: all };
}

function said(...segments: Segment[]) {
	return { text: segments.map((one) => one.text).join(" "), segments };
}

test("what nothing came of is counted, with the reason where the engine failed", () => {
	const output = said(words(0, 10), words(30, 40));
	const first = judgeCoverage(heard, output);
	const [one, two] = gapsToAsk(first, { durationSeconds: 60, maxSeconds: 30 });
	assert.ok(one && two);
	const failed = judgeAgain(heard, output, first, one, { failure: "It crashed.", placed: null });
	const again = judgeAgain(heard, output, failed, one, { failure: null, placed: null });
	assert.deepEqual(
		[first, failed, again].map(({ doubts }) => doubts.map((it) => [it.askedAgain, it.reason])),
		[
			[
				[0, null],
				[0, null],
			],
			[
				[1, "It crashed."],
				[0, null],
			],
			[
				[2, null],
				[0, null],
			],
		],
	);
});

test("why a place is doubted is told until an answer or a failure is newer", () => {
	const output = { text: "thank you", segments: [] };
	const first = judgeCoverage(heard, output);
	const [asking] = gapsToAsk(first, { durationSeconds: 60, maxSeconds: 60 });
	assert.ok(asking);
	let coverage = first;
	const reasons: (string | null | undefined)[] = [];
	for (const failure of [null, "It hung.", null]) {
		coverage = judgeAgain(heard, output, coverage, asking, { failure, placed: null });
		reasons.push(coverage.doubts[0]?.reason);
	}
	assert.match(reasons[0] ?? "", /no times, and 2 words are few/);
	assert.deepEqual(reasons.slice(1), ["It hung.", null]);
});

test("what was filled is no doubt any more, and stands among the repairs", () => {
	const output = said(words(0, 10), words(30, 60));
	const first = judgeCoverage(heard, output);
	const [asking] = gapsToAsk(first, { durationSeconds: 60, maxSeconds: 30 });
	assert.ok(asking);
	const placed = { before: "", after: "and so on" };
	const partly = said(words(0, 20), words(30, 60));
	const less = judgeAgain(heard, partly, first, asking, { failure: null, placed });
	assert.deepEqual(
		less.doubts.map((one) => [one.startSeconds, one.endSeconds, one.askedAgain]),
		[[20.4, 29.5, 1]],
	);
	const full = said(words(0, 60));
	const whole = judgeAgain(heard, full, less, asking, { failure: null, placed });
	assert.deepEqual(whole.doubts, []);
	assert.equal(whole.coveredSeconds, 60);
	assert.deepEqual(
		whole.repairs.map(({ kind, before, after }) => [kind, before, after]),
		[
			["gap", "", "and so on"],
			["gap", "", "and so on"],
		],
	);
});
