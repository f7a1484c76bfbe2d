import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wordsOf } from "../catalogue/words.ts";
import {
	cleanEngineOutput,
	maxSegments,
	type RawOutput,
	type RawSegment,
} from "./engine-output.ts";

const about = { engine: "e", model: "m", language: null, durationSeconds: 10 };

function segment(text: string, startSeconds: number, endSeconds: number): RawSegment {
	return { text, startSeconds, endSeconds, words: [] };
}

const seconds = fc.oneof(
	fc.double(),
	fc.double({ min: -1, max: 12, noNaN: true }),
	fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308),
);
// Not mostly controls: that is refused, which has its own test.
const text = fc
	.string({ unit: "binary" })
	.filter((one) => one.toWellFormed().replace(/[^\p{Cc}\ufffd]/gu, "").length < 2);
const rawWord = fc.record({ text, startSeconds: seconds, endSeconds: seconds });
const rawOutput: fc.Arbitrary<RawOutput> = fc.record({
	text: fc.option(text),
	language: fc.option(text),
	segments: fc.array(
		fc.record({
			text,
			startSeconds: seconds,
			endSeconds: seconds,
			words: fc.array(rawWord, { maxLength: 5 }),
		}),
		{ maxLength: 8 },
	),
});

test("whatever an engine says, times are finite, ordered and inside, and texts are clean", () => {
	fc.assert(
		fc.property(
			rawOutput,
			fc.option(fc.double({ min: 0, max: 20, noNaN: true })),
			(raw, length) => {
				const output = cleanEngineOutput(raw, { ...about, durationSeconds: length });
				let earliest = 0;
				for (const one of output.segments) {
					assert.ok(earliest <= one.startSeconds && one.startSeconds <= one.endSeconds);
					assert.ok(Number.isFinite(one.endSeconds) && one.endSeconds <= (length ?? 1e9));
					earliest = one.startSeconds;
					let wordEarliest = one.startSeconds;
					for (const word of one.words) {
						assert.ok(wordEarliest <= word.startSeconds && word.startSeconds <= word.endSeconds);
						assert.ok(word.endSeconds <= one.endSeconds);
						assert.notEqual(word.text, "");
						wordEarliest = word.startSeconds;
					}
				}
				const texts = output.segments.flatMap((one) => [one.text, ...one.words.map((w) => w.text)]);
				for (const line of texts) assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}]/u);
				assert.doesNotMatch(output.text, /(?!\n)\p{Cc}|[\p{Zl}\p{Zp}]/u);
				for (const line of [output.text, ...texts]) {
					assert.equal(line, line.normalize("NFC"));
					assert.ok(line.isWellFormed());
				}
				if (output.language !== null) Intl.getCanonicalLocales(output.language);
			},
		),
	);
});

test("bytes that are no text are refused for good, odd characters in a text are not", () => {
	const bytes = Buffer.alloc(400);
	for (let at = 0, state = 1; at < bytes.length; at += 1) {
		state = (state * 1103515245 + 12345) % 2 ** 31;
		bytes[at] = state >> 16;
	}
	const of = (text: string) => cleanEngineOutput({ text, language: null, segments: [] }, about);
	for (const text of [bytes.toString("utf8"), Buffer.from("hello", "utf16le").toString("utf8")]) {
		assert.throws(() => of(text), { code: "ERR_ENGINE_OUTPUT", retryable: false });
	}
	assert.equal(of("a caf\ufffd, \u001b[1mwarm\u001b[0m").text, "a caf\ufffd, [1mwarm[0m");
	assert.equal(of("").text, "");
});

test("cleaning what is clean changes nothing", () => {
	fc.assert(
		fc.property(rawOutput, (raw) => {
			const once = cleanEngineOutput(raw, about);
			assert.deepEqual(cleanEngineOutput(once, about), once);
		}),
	);
});

test("newline and tab become what they mean, escape sequences lose their teeth", () => {
	const raw = {
		text: "a\tb\r\nc\u001b[2Jd\u001fe\u0007 e\u0301\u009b1m",
		language: null,
		segments: [],
	};
	assert.equal(cleanEngineOutput(raw, about).text, "a b\nc[2Jde é1m");
});

test("segments out of order are put in order, and end no later than the audio", () => {
	const raw = { text: null, language: null, segments: [segment("b", 5, 99), segment("a", -1, 4)] };
	const output = cleanEngineOutput(raw, about);
	assert.deepEqual(
		output.segments.map((one) => [one.text, one.startSeconds, one.endSeconds]),
		[
			["a", 0, 4],
			["b", 5, 10],
		],
	);
});

test("a segment without times leaves its text, but no invented times", () => {
	const raw = { text: null, language: null, segments: [segment("hello", Number.NaN, Number.NaN)] };
	const output = cleanEngineOutput(raw, about);
	assert.deepEqual([output.text, output.segments], ["hello", []]);
});

test("more segments than any recording has are refused", () => {
	const segments = Array.from({ length: maxSegments + 1 }, () => segment("x", 0, 1));
	assert.throws(() => cleanEngineOutput({ text: "x", language: null, segments }, about), {
		code: "ERR_ENGINE_OUTPUT",
		retryable: false,
	});
});

const untimed = { startSeconds: Number.NaN, endSeconds: Number.NaN, words: [] };

test("an empty text beside segments is one that was left out, and so is a segment's beside words", () => {
	const words = [
		{ text: "ask", startSeconds: 0, endSeconds: 1 },
		{ text: "not", startSeconds: 1, endSeconds: 2 },
	];
	const raw = { text: "", language: null, segments: [{ ...segment("", 0, 2), words }] };
	const output = cleanEngineOutput(raw, about);
	assert.deepEqual([output.text, output.segments[0]?.text], ["ask not", "ask not"]);
});

test("a segment without times lies between its neighbours, from the beginning, or to the end", () => {
	const segments = [
		{ text: "zero", ...untimed },
		segment("one", 1, 3),
		{ text: "two", ...untimed },
		segment("three", 4, 6),
		{ text: "four", ...untimed },
	];
	const spansOf = (durationSeconds: number | null) =>
		cleanEngineOutput({ text: null, language: null, segments }, { ...about, durationSeconds })
			.segments.map((one) => `${one.text} ${one.startSeconds}–${one.endSeconds}`)
			.join(", ");
	assert.equal(spansOf(10), "zero 0–1, one 1–3, two 3–4, three 4–6, four 6–10");
	assert.equal(spansOf(null), "zero 0–1, one 1–3, two 3–4, three 4–6, four 6–6");
});

test("a segment without times that has words with times takes theirs", () => {
	const words = [{ text: "one", startSeconds: 2, endSeconds: 3 }];
	const segments = [{ ...untimed, text: "one", words }];
	const [only] = cleanEngineOutput({ text: null, language: null, segments }, about).segments;
	assert.deepEqual([only?.startSeconds, only?.endSeconds, only?.words.length], [2, 3, 1]);
});

test("of a text and segments that differ the longer counts, without times if it is the text", () => {
	const of = (text: string) =>
		cleanEngineOutput({ text, language: null, segments: [segment("One, two.", 1, 2)] }, about);
	assert.deepEqual([of("one two three").text, of("one two three").segments], ["one two three", []]);
	assert.deepEqual([of("one").text, of("one").segments.length], ["One, two.", 1]);
	assert.deepEqual([of("one\ntwo").text, of("one\ntwo").segments.length], ["one\ntwo", 1]);
});

const someWords = fc
	.array(fc.constantFrom("one", "Two,", "three.", "four", "再见", "é"), { maxLength: 6 })
	.map((list) => list.join(" "));
const spokenSegment = fc.record({
	text: someWords,
	startSeconds: seconds,
	endSeconds: seconds,
	words: fc.array(rawWord, { maxLength: 2 }),
});

test("whatever an engine says, text and segments say the same words, and none is lost", () => {
	fc.assert(
		fc.property(
			fc.array(spokenSegment, { maxLength: 6 }),
			fc.constantFrom("same", "none", "empty", "fewer", "more"),
			(segments, kind) => {
				const said = segments.filter((one) => one.text !== "");
				const whole = said.map((one) => one.text).join(" ");
				const texts = { same: whole, none: null, empty: "", fewer: whole.slice(0, 9) };
				const text = kind === "more" ? `${whole} and more` : texts[kind];
				const output = cleanEngineOutput({ text, language: null, segments: said }, about);
				const inText = wordsOf(output.text).sort();
				const expected = wordsOf(kind === "more" ? `${text}` : whole).sort();
				assert.deepEqual(inText.join(" "), expected.join(" "));
				if (output.segments.length === 0) return;
				const inSegments = output.segments.map((one) => one.text).join(" ");
				assert.equal(wordsOf(output.text).join(""), wordsOf(inSegments).join(""));
			},
		),
		{ numRuns: 500 },
	);
});

test("more words than anybody can say are refused, a model that is stuck is not", () => {
	const of = (count: number, durationSeconds: number | null) =>
		cleanEngineOutput(
			{ text: "word ".repeat(count), language: null, segments: [] },
			{ ...about, durationSeconds },
		);
	const refusal = { code: "ERR_ENGINE_OUTPUT", retryable: false };
	assert.throws(() => of(60_000, 11), refusal);
	assert.equal(of(4096, 11).segments.length, 0);
	assert.equal(wordsOf(of(60_000, 3600).text).length, 60_000);
	assert.equal(wordsOf(of(60_000, null).text).length, 60_000);
});

for (const [said, tag] of [
	["english", "en"],
	["Haitian Creole", "ht"],
	["german", "de"],
	["EN", "en"],
	["pt_br", "pt-BR"],
	["auto", null],
	["klingon of the north", null],
	["x", null],
	["en-", null],
	["", null],
] as const)
	test(`the language ${JSON.stringify(said)} is ${tag}`, () => {
		const raw = { text: "", language: said, segments: [] };
		assert.equal(cleanEngineOutput(raw, about).language, tag);
	});
