import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { longRecordings, type Reached, textProgressLine } from "./text-progress.ts";
import { displayWidth } from "./width.ts";

const what = "Turning it into text";
const reached: Reached = { doneSeconds: 2530, durationSeconds: 7231, secondsLeft: 240 };

test("the narrower the terminal, the less is told beside how much is done", () => {
	assert.match(
		textProgressLine(what, reached, 99),
		/ 34 % {2}42:10 of 2:00:31 {2}about 4 min left$/,
	);
	assert.match(textProgressLine(what, reached, 69), / 34 % {2}about 4 min left$/);
	assert.match(textProgressLine(what, reached, 39), /▏ {2}34 %$/);
	assert.equal(textProgressLine(what, reached, 29), `${what} 34 %`);
	assert.equal(textProgressLine(what, null, 79), `${what}…`);
	const heard = { ...reached, doneSeconds: 7231 };
	assert.equal(textProgressLine(what, heard, 79), `${what}  all of it heard, looking for gaps…`);
});

test("the line fits into every terminal that has room for the words, whatever the numbers", () => {
	const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
	fc.assert(
		fc.property(
			fc.record({
				doneSeconds: seconds,
				durationSeconds: seconds,
				secondsLeft: fc.option(seconds),
			}),
			fc.integer({ min: what.length + 6, max: 200 }),
			(some, width) => {
				const line = textProgressLine(what, some, width);
				assert.ok(displayWidth(line) <= width, `${width}: ${line}`);
				assert.match(line, /\d+ %|looking for gaps/);
			},
		),
	);
});

test("how long it takes is told from what was done here, and not before that says something", () => {
	let nowMs = 0;
	const long = longRecordings(() => nowMs);
	assert.equal(long.reached(), null);
	// An earlier process had done 1000 s of it.
	long.onProgress("a", 1000, 4000);
	nowMs = 60_000;
	assert.equal(long.reached()?.secondsLeft, null, "nothing was done here");
	long.onProgress("a", 2000, 4000);
	assert.equal(long.reached()?.secondsLeft, 120);
	long.onProgress("b", 10, 20);
	assert.equal(long.reached()?.durationSeconds, 20, "the one that got on last");
	long.onEnded("b");
	assert.equal(long.reached()?.durationSeconds, 4000);
	long.onEnded("a");
	assert.equal(long.reached(), null);
});
