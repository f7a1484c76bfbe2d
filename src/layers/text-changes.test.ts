import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Segment } from "../transcript.ts";
import { textChanges } from "./text-changes.ts";

const plain = (text: string) => ({ text, segments: [] });

function timed(text: string): { text: string; segments: Segment[] } {
	const words = text.split(" ").map((word, index) => {
		return { text: word, startSeconds: index, endSeconds: index + 1 };
	});
	return { text, segments: [{ text, startSeconds: 0, endSeconds: words.length, words }] };
}

test("a change is shown with the words around it, and when it is heard", () => {
	const changes = textChanges(
		timed("today we use cooper netties for all of it"),
		timed("today we use Kubernetes for all of it"),
		true,
	);
	const [context, removed] = ["today we use", "cooper netties"];
	assert.deepEqual(changes, [
		{ context, removed, added: "Kubernetes", following: "for all of", startSeconds: 3 },
	]);
});

test("capitals and punctuation count only where every character does", () => {
	const [before, after] = [plain("hello, onwax"), plain("Hello Onwax.")];
	assert.deepEqual(textChanges(before, after, false), []);
	const [change] = textChanges(before, after, true);
	assert.deepEqual([change?.removed, change?.added], ["hello, onwax", "Hello Onwax."]);
});

test("where every character counts, a word is what stands between white space", () => {
	const [change] = textChanges(timed("a well known man"), timed("a well-known man"), true);
	assert.deepEqual(
		[change?.context, change?.removed, change?.added, change?.following, change?.startSeconds],
		["a", "well known", "well-known", "man", 1],
	);
});

test("what only the second text has is heard where that one says", () => {
	const [change] = textChanges(plain("a b"), timed("a x b"), false);
	assert.deepEqual([change?.added, change?.removed, change?.startSeconds], ["x", "", 1]);
});

test("texts that are the same but for white space have no difference", () => {
	assert.deepEqual(textChanges(plain("a b  c"), plain("a\nb c"), true), []);
});

test("what was removed and what was added lead from one text to the other", () => {
	const words = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
	fc.assert(
		fc.property(words, words, (before, after) => {
			const changes = textChanges(plain(before.join(" ")), plain(after.join(" ")), true);
			const count = (text: string) => text.split(" ").filter(Boolean).length;
			const removed = changes.reduce((sum, change) => sum + count(change.removed), 0);
			const added = changes.reduce((sum, change) => sum + count(change.added), 0);
			assert.equal(before.length - removed + added, after.length);
		}),
	);
});
