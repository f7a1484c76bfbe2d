import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseQuery } from "./query.ts";
import { termCounter } from "./term-count.ts";
import { wordsOf } from "./words.ts";

test("a question is read into terms, phrases, beginnings, tags and their opposites", () => {
	assert.deepEqual(parseQuery(`Big "blue SKY" win* -not -"so this" tag:Work -tag:"two words"`), {
		required: [
			{ words: ["big"], prefix: false },
			{ words: ["blue", "sky"], prefix: false },
			{ words: ["win"], prefix: true },
		],
		excluded: [
			{ words: ["not"], prefix: false },
			{ words: ["so", "this"], prefix: false },
		],
		tags: ["work"],
		excludedTags: ["two words"],
		speakers: [],
		excludedSpeakers: [],
	});
});

test("who speaks is asked for by words, a phrase or a beginning, and excluded like the rest", () => {
	const { required, speakers, excludedSpeakers } = parseQuery(
		`speaker:Anna budget SPEAKER:"Dr. Who" speaker:ben* -speaker:S1 speaker: speaker:""`,
	);
	assert.deepEqual(speakers, [
		{ words: ["anna"], prefix: false },
		{ words: ["dr", "who"], prefix: false },
		{ words: ["ben"], prefix: true },
	]);
	assert.deepEqual(excludedSpeakers, [{ words: ["s1"], prefix: false }]);
	assert.deepEqual(
		required.map(({ words }) => words),
		[["budget"], ["speaker"]],
	);
});

test("a word with a sign inside is a phrase, and a quote left open goes to the end", () => {
	const terms = (text: string) => parseQuery(text).required.map(({ words }) => words.join(" "));
	assert.deepEqual(terms(`don't "left open`), ["don t", "left open"]);
	assert.deepEqual(terms(`a OR b AND NOT c`), ["a", "or", "b", "and", "not", "c"]);
	assert.deepEqual(terms(`e-mail`), ["e mail"]);
});

test("only the last bare word may go on while somebody types, and only without a space after it", () => {
	const prefixes = (text: string) => parseQuery(text, true).required.map(({ prefix }) => prefix);
	assert.deepEqual(prefixes("one tw"), [false, true]);
	assert.deepEqual(prefixes("one two "), [false, false]);
	assert.deepEqual(prefixes(`one "two"`), [false, false]);
});

test("counting in ASCII text by pattern and by words comes to the same", () => {
	const word = fc.constantFrom("a", "b", "ab", "ba", "aab");
	const text = fc
		.array(fc.tuple(word, fc.constantFrom(" ", ", ", "-", "\n")))
		.map((parts) => parts.flat().join(""));
	fc.assert(
		fc.property(
			text,
			fc.array(word, { minLength: 1, maxLength: 3 }),
			fc.boolean(),
			(text, words, prefix) => {
				const counter = termCounter({ words, prefix });
				// One letter beyond ASCII sends the same text the other way.
				assert.equal(counter.count(text), counter.count(`${text} é`));
				assert.equal(counter.standsIn(text), counter.count(text) > 0);
			},
		),
		{ numRuns: 150 },
	);
});

test("reading a question never throws and is never endless", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
			const query = parseQuery(text, true);
			for (const { words } of [...query.required, ...query.excluded]) {
				assert.ok(words.length > 0);
				for (const word of words) assert.deepEqual(wordsOf(word).length > 0, true);
			}
		}),
		{ numRuns: 150 },
	);
});
