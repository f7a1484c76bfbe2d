import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fold, tokensOf, wordsOf } from "./words.ts";

test("words are folded: case, accents, compatibility forms, and letters people type otherwise", () => {
	assert.deepEqual(wordsOf("Café CAFE\u0301 ﬁn Straße İstanbul Łódź ΟΔΟΣ ёж"), [
		"cafe",
		"cafe",
		"fin",
		"strasse",
		"istanbul",
		"lodz",
		"οδοσ",
		"еж",
	]);
	assert.equal(fold("العَرَبِيَّة"), "العربية");
	assert.deepEqual(wordsOf("हिन्दी"), ["हिन्दी"]);
});

test("words are parted by whatever is no letter, mark or digit", () => {
	assert.deepEqual(wordsOf("don't e-mail me@x.org: 3.14\n\u0000\u001f\ue001end"), [
		..."don t e mail me x org 3 14 end".split(" "),
	]);
	assert.deepEqual(wordsOf("😀 — …"), []);
});

test("text without spaces is segmented, and segments between spaces are not", () => {
	assert.deepEqual(wordsOf("東京へ go"), ["東京", "へ", "go"]);
	assert.ok(wordsOf("ฉันรักภาษาไทย").length > 2);
	assert.deepEqual(wordsOf("한국어 공부"), ["한국어", "공부"]);
});

test("a token stands where it says, and its word is that text folded", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
			let end = 0;
			for (const token of tokensOf(text)) {
				assert.ok(token.start >= end && token.end > token.start);
				assert.equal(fold(text.slice(token.start, token.end)), token.word);
				end = token.end;
			}
			assert.deepEqual(
				tokensOf(text).map(({ word }) => word),
				wordsOf(text),
			);
		}),
	);
});

test("a word holds no space, quote, control or private character, whatever it was made of", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
			for (const word of wordsOf(text)) assert.match(word, /^[^\s"\p{Cc}\p{Co}]+$/u);
		}),
		{ numRuns: 150 },
	);
});
