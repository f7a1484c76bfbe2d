import assert from "node:assert/strict";
import { test } from "node:test";
import { integer, property, string, assert as verify } from "fast-check";
import { displayWidth, padEnd, truncate, wrap } from "./width.ts";

test("wide characters count two columns, combining ones none", () => {
	const widths = {
		abc: 3,
		日本: 4,
		"e\u0301": 1,
		"🎙️": 2,
		"👩‍👩‍👧": 2,
		ｶﾅ: 2,
		ＡＢ: 4,
		"–…": 2,
		한글: 4,
	};
	for (const [text, width] of Object.entries(widths)) assert.equal(displayWidth(text), width, text);
});

test("what is cut fits, and says that something is missing", () => {
	assert.equal(truncate("Interview with Ana", 10), "Interview…");
	assert.equal(truncate("日本語の会議", 7), "日本語…");
	assert.equal(truncate("short", 10), "short");
});

test("nothing that was cut is wider than it may be", () => {
	verify(
		property(string({ unit: "grapheme" }), integer({ min: 2, max: 40 }), (text, width) => {
			assert.ok(displayWidth(truncate(text, width)) <= width);
		}),
	);
});

test("columns of wide and narrow texts stand below each other", () => {
	assert.equal(displayWidth(padEnd("日本", 10)), displayWidth(padEnd("abc", 10)));
});

test("lines are broken at spaces, and scripts without spaces anywhere", () => {
	assert.deepEqual(wrap("one two three four", 9), ["one two", "three", "four"]);
	assert.deepEqual(wrap("日本語の会議です", 8), ["日本語の", "会議です"]);
	assert.deepEqual(wrap("a\n\nb", 20), ["a", "", "b"]);
});

test("wrapping loses no character but spaces", () => {
	verify(
		property(string({ unit: "grapheme" }), integer({ min: 8, max: 30 }), (text, width) => {
			assert.equal(wrap(text, width).join("").replace(/\s/g, ""), text.replace(/\s/g, ""));
		}),
	);
});
