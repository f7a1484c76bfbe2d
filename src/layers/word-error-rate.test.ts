import assert from "node:assert/strict";
import { test } from "node:test";
import { wordErrors } from "./word-error-rate.ts";

const counts = (before: string, after: string) => {
	const { words, substitutions, deletions, insertions } = wordErrors(before, after);
	return [words, substitutions, deletions, insertions];
};

test("each word that is another, is missing or is too much counts once", () => {
	assert.deepEqual(counts("one two three", "one too three"), [3, 1, 0, 0]);
	assert.deepEqual(counts("one two three", "one three"), [3, 0, 1, 0]);
	assert.deepEqual(counts("one two three", "one two and three"), [3, 0, 0, 1]);
	assert.deepEqual(counts("ask not what", "task knot what for ever"), [3, 2, 0, 2]);
	assert.equal(wordErrors("one two three four", "one two three").rate, 0.25);
});

test("case, punctuation, apostrophes and the spelling of accents do not count", () => {
	assert.equal(wordErrors("Don’t go: café, well-known", "don't go cafe\u0301 well known").rate, 0);
});

test("in scripts without spaces every letter is a word", () => {
	assert.deepEqual(counts("私は京都に住む。", "私は東京に住む"), [7, 0, 1, 1]);
});

test("where nothing was said there is no rate, and the worst one is above one", () => {
	assert.deepEqual([wordErrors("", "a b").rate, wordErrors("", "a b").insertions], [null, 2]);
	assert.deepEqual(counts("…", "–"), [0, 0, 0, 0]);
	assert.equal(wordErrors("a", "x y z").rate, 3);
});
