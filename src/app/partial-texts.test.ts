import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "../logger.ts";
import { openPartialTexts } from "./partial-texts.ts";

test("a text in progress is made once for all that ask, and forgotten when nobody writes it any more", async () => {
	const partial = openPartialTexts(silentLogger);
	let made = 0;
	const text = (words: string) => async () => {
		made += 1;
		return words;
	};
	assert.equal(await partial.heardSoFar("memo"), null);
	partial.onHeard("memo", text("one"));
	assert.equal(made, 0, "nobody has asked");
	const both = await Promise.all([partial.heardSoFar("memo"), partial.heardSoFar("memo")]);
	assert.deepEqual([both, made], [["one", "one"], 1]);
	const told: string[] = [];
	partial.listen("memo", (words) => told.push(words));
	partial.onHeard("memo", text("one two"));
	assert.equal(await partial.heardSoFar("memo"), "one two");
	assert.deepEqual([told, made], [["one two"], 2]);
	partial.onLeft("memo");
	assert.equal(await partial.heardSoFar("memo"), null);
});
