import assert from "node:assert/strict";
import { test } from "node:test";
import { looksLikeLabel, plainName } from "./speaker-name.ts";
import { nameOf } from "./spoken-by.ts";

test("a name keeps its letters, joined ones too, and loses what turns the writing around", () => {
	const names = {
		"Dr. Who": "Dr. Who",
		" Anna\n\tBerg ": "Anna Berg",
		"\u202eannA\u202c": "annA",
		"\u2067\u05d3\u05e0\u05d4\u2069\u200f": "\u05d3\u05e0\u05d4",
		"\u0645\u06cc\u200c\u062e": "\u0645\u06cc\u200c\u062e",
		"\u{1f469}\u200d\u{1f52c}": "\u{1f469}\u200d\u{1f52c}",
		"\ud800": "\ufffd",
	};
	for (const [name, plain] of Object.entries(names)) {
		assert.equal(plainName(name), plain);
		// From a file that somebody else wrote.
		assert.equal(nameOf({ S1: name }, "S1"), plain);
	}
});

test("a name of which nothing is seen is none", () => {
	for (const name of ["", " ", "\u200b", "\u200b \u200d", "\u202e", "\u00ad", "\u3164", "\u2800"]) {
		assert.equal(plainName(name), "", JSON.stringify(name));
		assert.equal(nameOf({ S1: name }, "S1"), null);
	}
});

test("a name that reads like a label is told from one that only begins like it", () => {
	for (const name of ["S2", "s10", "\uff33\uff12", "S\u200b2", "S 2", "S\u0662"]) {
		assert.ok(looksLikeLabel(name), name);
	}
	for (const name of ["S", "S2b", "Sam", "2", "Anna S2"]) assert.ok(!looksLikeLabel(name), name);
});
