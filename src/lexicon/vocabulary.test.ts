import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Lexicon, LexiconRule } from "./lexicon.ts";
import { vocabularyFrom } from "./vocabulary.ts";

function lexicon(...rules: [from: string, to: string, kind?: LexiconRule["kind"]][]): Lexicon {
	const complete = rules.map(([from, to, kind = "words"]): LexiconRule => ({ from, to, kind }));
	return { format: 1, name: "names", version: 1, rules: complete };
}

test("what was wished for comes first, then what rules for words give; each once", () => {
	const names = lexicon(["cooper netties", "Kubernetes"], ["on wax", "Onwax"], ["um", ""]);
	const terms = lexicon(["cube", "Kubernetes"], ["(\\d+) percent", "$1 %", "regex"]);
	assert.deepEqual(vocabularyFrom(["Zoë", " Onwax "], [names, terms]), [
		"Zoë",
		"Onwax",
		"Kubernetes",
	]);
});

test("no more is given than engines read, and what is too long makes room for others", () => {
	assert.deepEqual(vocabularyFrom(["x".repeat(801), "short"], []), ["short"]);
	const many = fc.array(fc.string({ maxLength: 60 }), { maxLength: 300 });
	fc.assert(
		fc.property(many, (wished) => {
			const terms = vocabularyFrom(wished, []);
			assert.ok(terms.length <= 100 && terms.join(", ").length <= 800);
			assert.equal(new Set(terms).size, terms.length);
		}),
	);
});
