import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findLoops, hasLoop, loopWordsOf } from "./find-loops.ts";

test("the same phrase four times over is a loop, with its last repetition cut short", () => {
	const words = "so I think that I think that I think that I think that I went home".split(" ");
	assert.deepEqual(findLoops(words), [{ from: 1, to: 14, phraseLength: 3, times: 4 }]);
});

test("people repeat themselves, count, and list: that is no loop", () => {
	for (const text of [
		"no no no no, I will not",
		"very very very very very good",
		"one two three four five six seven eight",
		"one, two, three. One, two, three. One, two, three. Go!",
		"the cat and the dog and the bird and the fish and the cow",
		"はいはい、わかりました",
		"",
	])
		assert.ok(!hasLoop(text), text);
});

test("machines that are stuck go on: that is a loop, in any script", () => {
	for (const text of [
		"Thank you. Thank you. Thank you. Thank you.",
		"yes yes yes yes yes yes",
		"and I don't know if you can hear me and I don't know if you can hear me ".repeat(3),
		"ご視聴ありがとうございました".repeat(4),
		"ははははははは",
		"ขอบคุณครับ".repeat(5),
	])
		assert.ok(hasLoop(text), text);
});

test("a phrase between 1 and 12 words that is repeated is found, wherever it lies", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 12 }),
			fc.integer({ min: 6, max: 30 }),
			fc.nat(50),
			fc.nat(50),
			(length, times, before, after) => {
				const rest = (count: number, name: string) =>
					Array.from({ length: count }, (_, index) => `${name}${index}`);
				const loop = Array.from({ length: times }, () => rest(length, "x")).flat();
				const loops = findLoops([...rest(before, "a"), ...loop, ...rest(after, "b")]);
				assert.deepEqual(loops, [
					{ from: before, to: before + loop.length, phraseLength: length, times },
				]);
			},
		),
		{ numRuns: 200 },
	);
});

test("loops do not overlap, and are what they say", () => {
	fc.assert(
		fc.property(
			fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 80, size: "max" }),
			(words) => {
				let earliest = 0;
				for (const { from, to, phraseLength, times } of findLoops(words)) {
					assert.ok(from >= earliest && to <= words.length);
					earliest = to;
					assert.equal(Math.floor((to - from) / phraseLength), times);
					assert.ok(times >= 4);
					for (let index = from + phraseLength; index < to; index++)
						assert.equal(words[index], words[index - phraseLength]);
				}
			},
		),
		{ numRuns: 300 },
	);
});

test("words are compared without case, accents and punctuation", () => {
	assert.deepEqual(loopWordsOf("Café, CAFE!"), ["cafe", "cafe"]);
	assert.deepEqual(loopWordsOf("天気 ok"), ["天", "気", "ok"]);
});
