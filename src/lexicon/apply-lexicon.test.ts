import assert from "node:assert/strict";
import { test } from "node:test";
import { OnwaxError } from "../errors.ts";
import type { Segment, Word } from "../transcript.ts";
import { applyInOrder } from "./apply-in-order.ts";
import { applyLexicon, regexTimeOf } from "./apply-lexicon.ts";
import type { LexiconRule } from "./lexicon.ts";

// Far more than any of these needs: a busy machine must not decide.
const options = { regexTimeLimitMs: 5000 };

type Rule = Omit<LexiconRule, "kind"> & { kind?: LexiconRule["kind"] };

function lexicon(...rules: Rule[]) {
	const complete = rules.map((rule) => ({ kind: "words" as const, ...rule }));
	return { format: 1 as const, name: "test", version: 1, rules: complete };
}

function correct(text: string, ...rules: Rule[]): string {
	return applyLexicon(lexicon(...rules), { text, segments: [] }, options).text;
}

/** Words one second apart, half a second long. */
function words(texts: string, from = 0): Word[] {
	return texts.split(" ").map((text, index) => ({
		text,
		startSeconds: from + index,
		endSeconds: from + index + 0.5,
	}));
}

function segment(text: string, from = 0, spoken = text): Segment {
	const timed = words(spoken, from);
	return { text, startSeconds: from, endSeconds: from + timed.length, words: timed };
}

/** Where a word comes from that a rule put in the place of its `from`. */
const changed = (from: string, original = from) => {
	return { original, lexicon: "test", version: 1, rule: from };
};

const kubernetes = { from: "cooper netties", to: "Kubernetes" };

test("whole words and phrases are replaced, parts of words are not", () => {
	assert.equal(correct("use cooper\n netties.", kubernetes), "use Kubernetes.");
	assert.equal(correct("hypercooper netties", kubernetes), "hypercooper netties");
	assert.equal(correct("cooper nettiest", kubernetes), "cooper nettiest");
	const art = { from: "art", to: "ART" };
	assert.equal(
		correct("art, party; art-house (art) art_1", art),
		"ART, party; ART-house (ART) art_1",
	);
	assert.equal(correct("c++ and c", { from: "c++", to: "C++" }), "C++ and c");
});

test("apostrophes: a possessive and an elision keep the word, a contraction is another word", () => {
	assert.equal(correct("don don't", { from: "don", to: "Don" }), "Don don't");
	assert.equal(correct("onwax's", { from: "onwax", to: "Onwax" }), "Onwax's");
	assert.equal(correct("l’onu d'onu", { from: "onu", to: "ONU" }), "l’ONU d'ONU");
});

test("the replacement is as written; all lower case follows capitals and sentence starts", () => {
	assert.equal(correct("COOPER NETTIES", kubernetes), "Kubernetes");
	const gonna = { from: "gonna", to: "going to" };
	assert.equal(
		correct("Gonna. We Gonna? Gonna “Gonna GONNA", gonna),
		"Going to. We going to? Going to “going to GOING TO",
	);
	assert.equal(correct("US us", { from: "US", to: "us", caseSensitive: true }), "us us");
	assert.equal(correct("Us US", { from: "US", to: "them", caseSensitive: true }), "Us them");
});

test("composed and decomposed accents are the same letter, and the rest stays as it was", () => {
	const cafe = { from: "café", to: "Kaffee" };
	assert.equal(correct("un cafe\u0301 nai\u0308f", cafe), "un Kaffee nai\u0308f");
	assert.equal(correct("un café", { from: "cafe\u0301", to: "Kaffee" }), "un Kaffee");
	assert.equal(correct("cafe\u0301", { from: "cafe", to: "x" }), "cafe\u0301");
	assert.equal(correct("ÉCOLE", { from: "école", to: "étude" }), "ÉTUDE");
});

test("in scripts without spaces, words are the dictionary's", () => {
	const kyoto = { from: "京都", to: "キョウト" };
	assert.equal(correct("私は京都に住む", kyoto), "私はキョウトに住む");
	assert.equal(correct("私は東京都に住む", kyoto), "私は東京都に住む");
	assert.equal(correct("我爱北京天安门", { from: "北京", to: "Beijing" }), "我爱Beijing天安门");
	assert.equal(correct("ฉันรักภาษาไทย", { from: "ภาษา", to: "X" }), "ฉันรักXไทย");
});

test("one pass: leftmost, longest, then the earlier rule; no output is looked at again", () => {
	const rules = [
		{ from: "a", to: "b" },
		{ from: "b", to: "c" },
		{ from: "a b", to: "long" },
		{ from: "a", to: "never" },
	];
	assert.equal(correct("a b a", ...rules), "long b");
	assert.equal(correct("x y z", { from: "x y", to: "1" }, { from: "y z", to: "2" }), "1 z");
});

test("regular expressions take groups, and stand beside words by the same order", () => {
	const date = { from: "(\\d+) (?<m>May|June)", to: "$<m> $1$$", kind: "regex" as const };
	assert.equal(correct("on 3 May", date), "on May 3$");
	assert.equal(correct("3 May", date, { from: "3 may day", to: "x" }), "May 3$");
	assert.equal(correct("aXb", { from: "x", to: "-", kind: "regex", caseSensitive: false }), "a-b");
	assert.equal(correct("ab", { from: "x*", to: "-", kind: "regex" }), "ab");
	assert.equal(
		correct("abc", { from: "(a)(b)?(z)?", to: "[$1$2$3$4$&]", kind: "regex" }),
		"[ab$4ab]c",
	);
});

test("a catastrophic or broken regular expression is stopped and named", () => {
	const attempt = (from: string) => () => {
		const output = { text: `${"a".repeat(60)}b`, segments: [] };
		applyLexicon(lexicon({ from, to: "", kind: "regex" }), output, { regexTimeLimitMs: 20 });
	};
	for (const [from, message] of [
		["(a+)+$", /longer than 20 ms/],
		["(a|a)*c", /longer than 20 ms/],
		["(", /not valid/],
	] as const) {
		assert.throws(attempt(from), (error: unknown) => {
			return (
				error instanceof OnwaxError && error.code === "ERR_LEXICON" && message.test(error.message)
			);
		});
	}
	assert.equal(correct("ab", { from: "a", to: "x", kind: "regex" }), "xb");
});

test("regular expressions have a total, which each one shortens and several lexicons share", () => {
	const together = (error: unknown) =>
		error instanceof OnwaxError && error.code === "ERR_LEXICON" && /together/.test(error.message);
	const slow = lexicon({ from: "(a|aa)+b$", to: "", kind: "regex" });
	const quick = lexicon({ from: "a", to: "x", kind: "regex" });
	const text = { text: "a".repeat(200), segments: [] };
	const limits = { regexTimeLimitMs: 60_000, regexTotalMs: 30 };
	assert.throws(() => applyLexicon(slow, text, limits), together);

	const time = regexTimeOf(limits);
	applyLexicon(quick, text, limits, time);
	assert.ok(time.leftMs < 30);
	// Nothing is left for the next lexicon; words need nothing of it.
	time.leftMs = 0;
	assert.throws(() => applyLexicon(quick, text, limits, time), together);
	applyLexicon(lexicon({ from: "a", to: "x" }), text, limits, time);
	const none = { regexTimeLimitMs: 100, regexTotalMs: 0 };
	assert.throws(() => applyInOrder([quick], text, none), together);
});

test("a replaced run of words takes the time of the run, shared by length", () => {
	const output = {
		text: "we use cooper netties now",
		segments: [segment("we use cooper netties now")],
	};
	const result = applyLexicon(lexicon(kubernetes), output, options);
	assert.equal(result.replacements, 1);
	assert.deepEqual(result.segments[0]?.words, [
		...words("we use"),
		{
			text: "Kubernetes",
			startSeconds: 2,
			endSeconds: 3.5,
			provenance: [changed("cooper netties")],
		},
		{ text: "now", startSeconds: 4, endSeconds: 4.5 },
	]);
	const split = applyLexicon(lexicon({ from: "use", to: "do use it" }), output, {
		regexTimeLimitMs: 100,
	});
	const times = split.segments[0]?.words.slice(1, 4).map(({ startSeconds }) => startSeconds);
	assert.deepEqual(times, [1, 1 + 1 / 7, 1 + 5 / 14]);
	const same = applyLexicon(lexicon({ from: "we use", to: "they used" }), output, {
		regexTimeLimitMs: 100,
	});
	const provenance = [changed("we use")];
	assert.deepEqual(
		same.segments[0]?.words.slice(0, 2),
		words("they used").map((word) => ({ ...word, provenance })),
	);
});

test("words without the text's punctuation and capitals still find their place", () => {
	const text = "Well, Cooper netties; it's fine.";
	const output = { text, segments: [segment(text, 0, "well cooper netties it's fine")] };
	const [first] = applyLexicon(lexicon(kubernetes), output, options).segments;
	assert.equal(first?.text, "Well, Kubernetes; it's fine.");
	assert.deepEqual(
		first?.words.map(({ text: word }) => word),
		["well", "Kubernetes", "it's", "fine"],
	);
});

test("a phrase over the border of two segments goes to the first, with its time", () => {
	const output = {
		text: "use cooper netties now",
		segments: [segment("use cooper"), segment("netties now", 2)],
	};
	const result = applyLexicon(lexicon(kubernetes), output, options);
	assert.equal(result.text, "use Kubernetes now");
	assert.deepEqual(
		result.segments.map(({ text, startSeconds, endSeconds }) => [text, startSeconds, endSeconds]),
		[
			["use Kubernetes", 0, 2.5],
			["now", 2.5, 4],
		],
	);
	assert.deepEqual(result.segments[1]?.words, words("now", 3));
});

test("segments without words keep their times, and one that is used up gives its time away", () => {
	const plain = (text: string, startSeconds: number) => ({
		text,
		startSeconds,
		endSeconds: startSeconds + 1,
		words: [],
	});
	const output = {
		text: "cooper netties now",
		segments: [plain("cooper", 0), plain("netties", 1), plain("now", 2)],
	};
	assert.deepEqual(applyLexicon(lexicon(kubernetes), output, options).segments, [
		{ text: "Kubernetes", startSeconds: 0, endSeconds: 2, words: [] },
		plain("now", 2),
	]);
});

test("segments that do not add up to the text are corrected by themselves", () => {
	const output = { text: "Cooper netties!", segments: [segment("um cooper netties")] };
	const result = applyLexicon(lexicon(kubernetes), output, options);
	assert.equal(result.text, "Kubernetes!");
	assert.equal(result.segments[0]?.text, "um Kubernetes");
});

test("each word that was changed says by which rule, and what stood there", () => {
	const text = "the c++ team gonna use l'onu";
	const output = { text, segments: [segment(text)] };
	const rules = [
		{ from: "gonna", to: "going to" },
		{ from: "use", to: "USE" },
		{ from: "onu", to: "ONU" },
		{ from: "team", to: "team" },
	];
	const [corrected] = applyLexicon(lexicon(...rules), output, options).segments;
	assert.deepEqual(
		corrected?.words.map((word) => [word.text, word.provenance]),
		[
			["the", undefined],
			["c++", undefined],
			["team", undefined],
			["going", [changed("gonna")]],
			["to", [changed("gonna")]],
			["USE", [changed("use")]],
			["l'ONU", [changed("onu", "l'onu")]],
		],
	);
});

test("words with different pasts that become one tell of them in the order of the lexicons", () => {
	const named = (name: string, from: string, to: string) => ({ ...lexicon({ from, to }), name });
	const lexicons = [named("a", "two", "2"), named("b", "one", "1"), named("c", "1 2", "12")];
	const output = { text: "one two", segments: [segment("one two")] };
	const { segments } = applyInOrder(lexicons, output, options);
	const told = segments[0]?.words.map(({ provenance = [] }) =>
		provenance.map((one) => `${one.lexicon} ${one.original}`),
	);
	assert.deepEqual(told, [["a two", "b one", "c 1 2"]]);
});

test("several lexicons leave their traces in the order in which they were applied", () => {
	const one = { ...lexicon({ from: "cooper netties", to: "cuber netes" }), name: "a", version: 3 };
	const two = { ...lexicon({ from: "cuber netes", to: "Kubernetes" }), name: "b", version: 7 };
	const output = { text: "cooper netties", segments: [segment("cooper netties")] };
	const { segments } = applyInOrder([one, two], output, options);
	assert.deepEqual(segments[0]?.words[0]?.provenance, [
		{ original: "cooper netties", lexicon: "a", version: 3, rule: "cooper netties" },
		{ original: "cuber netes", lexicon: "b", version: 7, rule: "cuber netes" },
	]);
});
