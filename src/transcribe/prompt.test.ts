import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { longestPrompt, promptOf } from "./prompt.ts";

test("nothing to say is no prompt; what is configured is sent as it is", () => {
	assert.equal(promptOf(null, []), null);
	assert.equal(promptOf("wax, Zoë", []), "wax, Zoë");
	assert.equal(promptOf("x".repeat(2000), ["Kubernetes"]), "x".repeat(2000));
});

test("what is wanted most stands last, where the service keeps it", () => {
	assert.equal(promptOf(null, ["Zoë", "Kubernetes", "etcd", "Zoë"]), "etcd, Kubernetes, Zoë");
	assert.equal(promptOf("A talk", ["Zoë", "etcd"]), "etcd, Zoë. A talk");
});

test("what does not fit is left out, the least wanted first", () => {
	const many = Array.from({ length: 500 }, (_, index) => `term${index}`);
	const prompt = promptOf(null, many) ?? "";
	assert.ok(prompt.length <= longestPrompt && prompt.length > longestPrompt - 20);
	assert.ok(prompt.endsWith("term2, term1, term0"));
});

test("never longer than the service reads, and every word in it was wanted", () => {
	fc.assert(
		fc.property(fc.array(fc.string({ maxLength: 300 }), { maxLength: 60 }), (words) => {
			const prompt = promptOf(null, words) ?? "";
			assert.ok(prompt.length <= longestPrompt);
			const [last] = words.filter((word) => word.trim() !== "" && word.length < 400);
			if (last !== undefined) assert.ok(prompt.endsWith(last));
		}),
	);
});
