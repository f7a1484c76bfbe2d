import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { editDistance, knownKeys, nearest } from "./known-keys.ts";

test("every key has a name of its own in the environment", () => {
	const variables = knownKeys.map(({ variable }) => variable);
	assert.equal(new Set(variables).size, variables.length);
	const named = Object.fromEntries(knownKeys.map(({ key, variable }) => [key, variable]));
	assert.equal(named.minFreeSpaceMb, "ONWAX_MIN_FREE_SPACE_MB");
	assert.equal(named["retry.maxAttempts"], "ONWAX_RETRY_MAX_ATTEMPTS");
	assert.equal(named["lexicon.regexTimeLimitMs"], "ONWAX_LEXICON_REGEX_TIME_LIMIT_MS");
});

test("the nearest key is found through typing mistakes, other spellings and missing sections", () => {
	const keys = knownKeys.map(({ key }) => key);
	assert.equal(nearest("enigne", keys), "engine");
	assert.equal(nearest("min_free_space_mb", keys), "minFreeSpaceMb");
	assert.equal(nearest("maxAttempts", keys), "retry.maxAttempts");
	assert.equal(nearest("compres", keys), "compress");
	assert.equal(nearest("zzzzzzzz", keys), null);
});

test("an edit distance is symmetric, zero for equals only, and at most the longer length", () => {
	const word = fc.string({ maxLength: 8, unit: fc.constantFrom("a", "b", "c") });
	fc.assert(
		fc.property(word, word, (a, b) => {
			const distance = editDistance(a, b);
			assert.equal(distance, editDistance(b, a));
			assert.equal(distance === 0, a === b);
			assert.ok(distance <= Math.max(a.length, b.length));
		}),
	);
});
