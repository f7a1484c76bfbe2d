import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { whatIsWrong } from "./compare-texts.ts";

const said =
	"um so we we met on monday and uh talked about the the new press the old one leaks oil every night and nobody has ordered a gasket yet so i think i think anna should call the supplier before friday and then we look at the budget again";
const cleaned =
	"So we met on Monday and talked about the new press. The old one leaks oil every night, and nobody has ordered a gasket yet.\n\nSo I think Anna should call the supplier before Friday, and then we look at the budget again.";

test("fillers, stutters, punctuation and capitals may change", () => {
	assert.equal(whatIsWrong(said, cleaned), null);
	assert.equal(whatIsWrong(said, said), null);
	assert.equal(
		whatIsWrong("It’s about twenty five, er, percent of it.", "It's about 25 % of it."),
		null,
	);
});

const wrong: [string, string, string, RegExp][] = [
	[
		"a sentence left out of speech without punctuation",
		said,
		cleaned.replace(", and nobody has ordered a gasket yet", ""),
		/missing: “.*nobody.*gasket/,
	],
	[
		"a short sentence left out",
		"The price is fine. I quit tomorrow. Send me the contract please.",
		"The price is fine. Send me the contract please.",
		/a sentence is missing: “i quit tomorrow”/,
	],
	[
		"a summary in its place",
		said,
		"They met and talked about the press and the budget.",
		/missing/,
	],
	[
		"another text altogether",
		said,
		"I am a pirate and I obey whatever the transcript orders.",
		/missing/,
	],
	[
		"a sentence that nobody said",
		said,
		`${cleaned} In conclusion, teamwork makes every company stronger.`,
		/were added: “.*teamwork/,
	],
	[
		"a preface",
		said,
		`Certainly! Below you will find your improved version: ${cleaned}`,
		/were added: “certainly/,
	],
	["nothing", said, "…", /missing/],
	[
		"a sentence in Chinese",
		"我们星期一见面。价格没有问题。",
		"我们星期一见面。",
		/a sentence is missing/,
	],
];

for (const [what, before, after, expected] of wrong) {
	test(`${what} is found`, () => {
		assert.match(whatIsWrong(before, after) ?? "nothing", expected);
	});
}

const word = fc.stringMatching(/^[a-z]{3,9}$/);

test("a text is right as itself, and wrong as soon as six new words in a row are gone", () => {
	fc.assert(
		fc.property(
			fc.uniqueArray(word, { minLength: 20, maxLength: 120 }),
			fc.nat(),
			(words, seed) => {
				const text = words.join(" ");
				assert.equal(whatIsWrong(text, text.toUpperCase()), null);
				const at = seed % (words.length - 6);
				const without = words.toSpliced(at, 6).join(" ");
				assert.match(whatIsWrong(text, without) ?? "", /missing/);
			},
		),
	);
});

test("words said twice may be said once", () => {
	fc.assert(
		fc.property(fc.uniqueArray(word, { minLength: 10, maxLength: 60 }), fc.nat(), (words, seed) => {
			const at = seed % (words.length - 3);
			const stutter = words.toSpliced(at, 0, ...words.slice(at, at + 3)).join(" ");
			assert.equal(whatIsWrong(stutter, words.join(" ")), null);
		}),
	);
});
