import assert from "node:assert/strict";
import { test } from "node:test";
import { array, constantFrom, property, assert as verify } from "fast-check";
import { wordDifference } from "./word-difference.ts";

test("a correction is shown with the words around it", () => {
	const [change, ...others] = wordDifference(
		"today we use cooper netties for all of it",
		"today we use Kubernetes for all of it",
	);
	assert.deepEqual(change, {
		context: "today we use",
		removed: "cooper netties",
		added: "Kubernetes",
		following: "for all of",
	});
	assert.deepEqual(others, []);
});

test("texts that are the same have no difference", () => {
	assert.deepEqual(wordDifference("a b  c", "a b c"), []);
});

test("what was removed and what was added lead from one text to the other", () => {
	const words = array(constantFrom("a", "b", "c", "d"), { maxLength: 12 });
	verify(
		property(words, words, (before, after) => {
			const changes = wordDifference(before.join(" "), after.join(" "));
			const removed = changes.flatMap((one) => one.removed.split(" ").filter(Boolean)).length;
			const added = changes.flatMap((one) => one.added.split(" ").filter(Boolean)).length;
			assert.equal(before.length - removed + added, after.length);
		}),
	);
});
