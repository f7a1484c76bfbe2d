/** Another thread gives what this one would, and one that is busy there leaves this one free. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OnwaxError } from "../errors.ts";
import { applyInOrder } from "./apply-in-order.ts";
import { applyInThread } from "./apply-in-thread.ts";
import type { Lexicon, LexiconRule } from "./lexicon.ts";

const lexicon = (name: string, ...rules: LexiconRule[]): Lexicon => {
	return { format: 1, name, version: 3, rules };
};
const options = { regexTimeLimitMs: 5000 };
const words = ["for", "5", "euro"].map((text, at) => {
	return { text, startSeconds: at, endSeconds: at + 1 };
});
const segment = { text: "for 5 euro", startSeconds: 0, endSeconds: 3, words };
const output = { text: "for 5 euro", segments: [segment] };

test("several at once get what they would get here, each its own", async () => {
	const money = lexicon("money", { from: "(\\d+) euro", to: "$1 €", kind: "regex" });
	const more = lexicon("more", { from: "for", to: "of", kind: "words" });
	for (const lexicons of [[money, more], [more], [], [more, money]]) {
		const here = applyInOrder(lexicons, output, options);
		const both = [0, 1].map(() => applyInThread(lexicons, output, options));
		assert.deepEqual(await Promise.all(both), [here, here]);
	}
	const other = { text: "7 euro", segments: [] };
	const [one, two] = await Promise.all([
		applyInThread([money], output, options),
		applyInThread([money], other, options),
	]);
	assert.deepEqual([one.text, two.text], ["for 5 €", "7 €"]);
});

test("one without end leaves this thread free, is stopped and named, and the next one is applied", async () => {
	const endless = lexicon("endless", { from: "(a|aa)+b$", to: "", kind: "regex" });
	const quick = lexicon("quick", { from: "a+", to: "x", kind: "regex" });
	const text = { text: "a".repeat(5000), segments: [] };
	let failed = "";
	const busy = applyInThread([quick, endless], { text: "b", segments: [] }, options);
	const limits = { regexTimeLimitMs: 60_000, regexTotalMs: 1000 };
	const stopped = applyInThread([lexicon("good"), endless], text, limits, (name) => {
		failed = name;
	}).then(
		() => assert.fail("it had an end"),
		(error: unknown) => error,
	);
	const next = applyInThread([quick], text, options);
	const turn = new Promise<string>((resolve) => setImmediate(resolve, "a turn of this thread"));
	assert.equal(await Promise.race([stopped, turn]), "a turn of this thread");
	const error = await stopped;
	assert.ok(error instanceof OnwaxError);
	assert.equal(error.code, "ERR_LEXICON");
	assert.match(error.message, /longer than 1000 ms together/);
	assert.notEqual(error.hint, null);
	assert.equal(failed, "endless");
	assert.equal((await next).text, "x");
	assert.equal((await busy).text, "b");
});
