import assert from "node:assert/strict";
import { test } from "node:test";
import { property, string, assert as verify } from "fast-check";
import { safeJson, visible, visibleText } from "./visible.ts";

test("an escape sequence in a title is shown instead of obeyed", () => {
	assert.equal(visible("a\u001b[2Jb\u0007\n\u009b"), "a\\e[2Jb\\x07\\n\\x9b");
});

test("marks that turn writing around and lone surrogates are shown", () => {
	assert.equal(visible("x\u202eyz\ud800"), "x\\u202eyz\\ud800");
});

test("ordinary text of any script stays as it is", () => {
	const text = "Grüße, 日本語, שלום, 👩‍👩‍👧 – “é”";
	assert.equal(visible(text), text);
});

test("running text keeps its line breaks and nothing else", () => {
	assert.equal(visibleText("one\r\ntwo\tthree\rfour"), "one\ntwo three\\rfour");
});

test("whatever the text, nothing that a terminal obeys comes out", () => {
	verify(
		property(string({ unit: "binary" }), (text) => {
			const shown = visible(text) + visibleText(text).replaceAll("\n", "");
			assert.doesNotMatch(shown, /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
		}),
	);
});

test("JSON for a terminal reads back as what it was", () => {
	verify(
		property(string({ unit: "binary" }), (text) => {
			const json = safeJson({ text });
			assert.doesNotMatch(json, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
			assert.deepEqual(JSON.parse(json), { text });
		}),
	);
});
