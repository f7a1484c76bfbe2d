import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { segmentsFromWords } from "./segments-from-words.ts";
import { wordsFromTokens } from "./words-from-tokens.ts";

/** Each piece half a second after the one before, a quarter long. */
function tokens(...pieces: string[]) {
	return pieces.map((text, index) => ({
		...{ text, startSeconds: index / 2, endSeconds: index / 2 + 0.25 },
	}));
}

function words(...pieces: string[]): string[] {
	return wordsFromTokens(tokens(...pieces)).map(({ text }) => text);
}

test("a piece that begins with a space begins a word, and the others go on with it", () => {
	assert.deepEqual(words(" the", " qu", "ick", "▁fox"), ["the", "quick", "fox"]);
	assert.deepEqual(words("▁", "the", "▁", "fox"), ["the", "fox"]);
	assert.deepEqual(words("hel", "lo"), ["hello"]);
});

test("a word lasts from its first piece to its last, and signs do not prolong it", () => {
	assert.deepEqual(wordsFromTokens(tokens(" qu", "ick", ",", " fox")), [
		{ text: "quick,", startSeconds: 0, endSeconds: 0.75 },
		{ text: "fox", startSeconds: 1.5, endSeconds: 1.75 },
	]);
});

test("signs go to the word that they belong to", () => {
	assert.deepEqual(words(" don", "'", "t", " .", " Yes", "!"), ["don't.", "Yes!"]);
	assert.deepEqual(words(" well", "-", "known", " –", " so"), ["well-known", "–", "so"]);
	assert.deepEqual(words(" for", " $", "5", " (", "or", " so", ")"), ["for", "$5", "(or", "so)"]);
});

test("in scripts without spaces every piece is a word, and its line has no spaces", () => {
	const pieces = ["今", "天", "好", "。", " OK", "吗", "？"];
	assert.deepEqual(words(...pieces), ["今", "天", "好。", "OK", "吗？"]);
	const [first, second] = segmentsFromWords(wordsFromTokens(tokens(...pieces)));
	assert.equal(first?.text, "今天好。");
	assert.equal(second?.text, "OK 吗？");
});

test("no sound is lost: words hold all letters of the pieces, in order, at times in order", () => {
	const piece = fc.constantFrom(" a", "b", "▁c", ",", " .", "今", " ", "▁", "-", "'", "é", " (");
	fc.assert(
		fc.property(fc.array(piece), (pieces) => {
			const found = wordsFromTokens(tokens(...pieces));
			assert.equal(found.map(({ text }) => text).join(""), pieces.join("").replaceAll(/[ ▁]/g, ""));
			for (const [index, word] of found.entries()) {
				assert.ok(word.startSeconds <= word.endSeconds);
				assert.ok(word.startSeconds >= (found[index - 1]?.endSeconds ?? 0));
			}
		}),
	);
});
