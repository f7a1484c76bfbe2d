import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Segment } from "../transcript.ts";
import { applyLexicon } from "./apply-lexicon.ts";
import type { Lexicon, LexiconRule } from "./lexicon.ts";
import { parseLexicon, serialiseLexicon } from "./lexicon-format.ts";
import { validateRules } from "./validate-rules.ts";

const options = { regexTimeLimitMs: 1000 };

// Few letters, so that rules do match; marks, scripts without spaces and odd units among them.
const letters = [
	"a",
	"b",
	"B",
	"é",
	"e\u0301",
	"京",
	"都",
	"ก",
	"'",
	".",
	"_",
	"İ",
	"ß",
	"🎙️",
	"\ud800",
];
const wordText = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 3 });
const phrase = fc.array(wordText, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" "));
const wordRule: fc.Arbitrary<LexiconRule> = fc.record(
	{
		from: fc.oneof(phrase, fc.string({ unit: "binary", maxLength: 4 })),
		to: fc.oneof(phrase, fc.constant("")),
		kind: fc.constant("words" as const),
		caseSensitive: fc.boolean(),
	},
	{ requiredKeys: ["from", "to", "kind"], noNullPrototype: true },
);
const regexRule: fc.Arbitrary<LexiconRule> = fc.record(
	{
		from: fc.constantFrom("a+", "(b)(.)", "\\s", "[éa]", "京?"),
		to: fc.constantFrom("", "x y", "$1", "$&$&"),
		kind: fc.constant("regex" as const),
	},
	{ noNullPrototype: true },
);
const lexicons = (rule: fc.Arbitrary<LexiconRule>): fc.Arbitrary<Lexicon> =>
	fc.array(rule, { maxLength: 6 }).map((rules) => ({ format: 1, name: "p", version: 1, rules }));
const anyLexicon = lexicons(fc.oneof(wordRule, regexRule));

/** Segments in order, some with words, some without; text that is theirs, or another. */
const output = fc
	.record({
		parts: fc.array(fc.tuple(fc.array(wordText, { minLength: 1, maxLength: 6 }), fc.boolean()), {
			maxLength: 4,
		}),
		gapSeconds: fc.double({ min: 0, max: 3, noNaN: true }),
		otherText: fc.option(phrase),
	})
	.map(({ parts, gapSeconds, otherText }) => {
		let now = 0;
		const segments = parts.map(([texts, timed]): Segment => {
			const startSeconds = now + gapSeconds;
			const words = texts.map((text, index) => ({
				text,
				startSeconds: startSeconds + index,
				endSeconds: startSeconds + index + 0.75,
			}));
			now = startSeconds + texts.length;
			return { text: texts.join(" "), startSeconds, endSeconds: now, words: timed ? words : [] };
		});
		return { text: otherText ?? segments.map(({ text }) => text).join(" "), segments };
	});

const squeeze = (text: string) => text.replace(/\s/g, "");
const joined = (segments: Segment[]) => segments.map(({ text }) => text).join(" ");

test("rules for words never throw, whatever the texts", () => {
	const anything = fc.string({ unit: "binary", maxLength: 30 });
	fc.assert(
		fc.property(lexicons(wordRule), fc.oneof(anything, phrase), (lexicon, text) => {
			applyLexicon(lexicon, { text, segments: [] }, options);
		}),
		{ numRuns: 500 },
	);
});

test("the output that was given stays untouched, and the result is the same each time", () => {
	fc.assert(
		fc.property(anyLexicon, output, (lexicon, given) => {
			const before = structuredClone(given);
			const once = applyLexicon(lexicon, given, options);
			assert.deepEqual(given, before);
			assert.deepEqual(applyLexicon(lexicon, given, options), once);
		}),
	);
});

test("without rules everything comes back identical", () => {
	fc.assert(
		fc.property(output, (given) => {
			const empty: Lexicon = { format: 1, name: "p", version: 1, rules: [] };
			assert.deepEqual(applyLexicon(empty, given, options), { ...given, replacements: 0 });
		}),
	);
});

test("times never run backwards, and words stay within their segments", () => {
	fc.assert(
		fc.property(anyLexicon, output, (lexicon, given) => {
			const { segments } = applyLexicon(lexicon, given, options);
			let now = 0;
			for (const { startSeconds, endSeconds, words } of segments) {
				assert.ok(startSeconds >= now && endSeconds >= startSeconds);
				let inside = startSeconds;
				for (const word of words) {
					assert.ok(word.startSeconds >= inside && word.endSeconds >= word.startSeconds);
					inside = word.endSeconds;
				}
				assert.ok(inside <= endSeconds || words.length === 0);
				now = endSeconds;
			}
		}),
		{ numRuns: 1000 },
	);
});

test("text and segments that said the same still say the same", () => {
	fc.assert(
		fc.property(anyLexicon, output, (lexicon, given) => {
			if (squeeze(given.text) !== squeeze(joined(given.segments))) return;
			const result = applyLexicon(lexicon, given, options);
			assert.equal(squeeze(joined(result.segments)), squeeze(result.text));
		}),
		{ numRuns: 1000 },
	);
});

test("a lexicon without warnings gives the same applied twice as applied once", () => {
	const plainRule = fc.record({
		from: fc
			.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 2 })
			.map((p) => p.join(" ")),
		to: fc.constantFrom("a", "x", "y z", "Q"),
		kind: fc.constant("words" as const),
	});
	const text = fc
		.array(fc.constantFrom("a", "b", "c", "x"), { maxLength: 8 })
		.map((p) => p.join(" "));
	fc.assert(
		fc.property(lexicons(plainRule), text, (lexicon, given) => {
			if (validateRules(lexicon.rules).length > 0) return;
			const once = applyLexicon(lexicon, { text: given, segments: [] }, options);
			const twice = applyLexicon(lexicon, { text: once.text, segments: [] }, options);
			assert.equal(twice.text, once.text);
		}),
		{ numRuns: 500 },
	);
});

test("a lexicon is read back from its file as it was written", () => {
	fc.assert(
		fc.property(anyLexicon, (lexicon) => {
			const valid = lexicon.rules.filter(
				(rule) => !validateRules([rule]).some(({ severity }) => severity === "error"),
			);
			const written = { ...lexicon, rules: valid };
			assert.deepEqual(parseLexicon(serialiseLexicon(written)), written);
		}),
	);
});
