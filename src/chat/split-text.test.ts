import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { splitText } from "./split-text.ts";

test("cut between paragraphs, else between sentences, else between words", () => {
	assert.deepEqual(splitText("One two.\nThree four. Five", 20), ["One two.\nThree four.", " Five"]);
	assert.deepEqual(splitText("One two three.\nFour. Five six", 20), [
		"One two three.\n",
		"Four. Five six",
	]);
	assert.deepEqual(splitText("one two three four", 10), ["one two ", "three four"]);
	assert.deepEqual(splitText("一二三。四五六。七", 5), ["一二三。", "四五六。七"]);
	assert.deepEqual(splitText("", 5), []);
});

test("the pieces are the text, none is longer than asked, no character is cut in two", () => {
	const texts = fc.oneof(
		fc.string({ unit: "binary", maxLength: 300 }),
		fc
			.array(fc.constantFrom("word", " ", ". ", "\n", "🎙", "。"), { maxLength: 200 })
			.map((parts) => parts.join("")),
	);
	fc.assert(
		fc.property(texts, fc.integer({ min: 2, max: 40 }), (text, most) => {
			const pieces = splitText(text, most);
			assert.equal(pieces.join(""), text);
			for (const piece of pieces) {
				assert.ok(piece.length > 0 && piece.length <= most);
				assert.equal(piece.isWellFormed(), text.isWellFormed() || piece.isWellFormed());
			}
		}),
	);
});
