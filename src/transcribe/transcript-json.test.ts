import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OnwaxError } from "../errors.ts";
import { readTranscriptJson } from "./transcript-json.ts";
import { readPrinted } from "./transcript-text.ts";

const word = (text: string, start: number, end: number) => ({ word: text, start, end });

test("OpenAI's verbose JSON: words go into the segment that their middle lies in", () => {
	const raw = readTranscriptJson({
		text: "a b c",
		language: "english",
		segments: [
			{ start: 0, end: 2, text: " a b" },
			{ start: 2, end: 4, text: " c" },
		],
		words: [word("a", 0, 1), word("b", 1, 2.4), word("c", 2.4, 4.2)],
	});
	assert.deepEqual(
		raw.segments.map((segment) => segment.words.map((one) => one.text)),
		[["a", "b"], ["c"]],
	);
});

test("words without segments are grouped at sentences, pauses and fifteen seconds", () => {
	const words = [
		word("One.", 0, 1),
		word("two", 1, 2),
		word("three", 3.5, 4),
		...Array.from({ length: 20 }, (_, i) => word(`w${i}`, 4 + i, 5 + i)),
	];
	const raw = readTranscriptJson({ text: "", words });
	assert.deepEqual(
		raw.segments.map((segment) => segment.words.length),
		[1, 1, 15, 6],
	);
});

test("whisper.cpp's JSON: offsets are milliseconds", () => {
	const raw = readTranscriptJson({
		result: { language: "en" },
		transcription: [{ offsets: { from: 0, to: 10_500 }, text: " And so" }],
	});
	assert.equal(raw.language, "en");
	assert.deepEqual(raw.segments, [
		{ text: " And so", startSeconds: 0, endSeconds: 10.5, words: [] },
	]);
});

test("a list of segments, and segments made of words, are read as well", () => {
	const words = [word("hello", 0, 1), word("you", 1, 2)];
	const raw = readTranscriptJson([{ start: "0", end: 2, words }]);
	assert.equal(raw.segments[0]?.text, "hello you");
	assert.equal(raw.segments[0]?.startSeconds, 0);
});

test("any JSON is either read or refused as the engine's mistake", () => {
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			try {
				readTranscriptJson(value);
			} catch (error) {
				assert.ok(error instanceof OnwaxError && error.code === "ERR_ENGINE_OUTPUT");
			}
		}),
	);
});

for (const value of [
	null,
	1,
	"text",
	{},
	{ text: null },
	{ error: "no" },
	[1],
	{ text: "", words: [1] },
])
	test(`${JSON.stringify(value)} is not a transcript`, () => {
		assert.throws(() => readTranscriptJson(value), { code: "ERR_ENGINE_OUTPUT", retryable: true });
	});

test("auto: whisper.cpp's printed times become segments", () => {
	const raw = readPrinted(
		"\n[00:00:00.000 --> 00:00:07.960]   And so my fellow Americans\n[01:00:07.960 --> 01:00:10.500]   ask not\n",
		"auto",
	);
	assert.deepEqual(raw.segments[1], {
		text: "ask not",
		startSeconds: 3607.96,
		endSeconds: 3610.5,
		words: [],
	});
	assert.equal(raw.segments.length, 2);
});

test("auto: pocketsphinx's words have their times, and what is no word is none of them", () => {
	const raw = readPrinted(
		[
			...["\n<s> 0.000 0.110 0.999", "</s> 0.120 0.300 1.000"],
			...["ask our country", "<s> 0.300 0.400 0.998900", "ask 0.410 0.600 0.032758"],
			...["<sil> 0.610 0.700 0.985603", "our(3) 0.710 0.980 0.207841"],
			...["++NOISE++ 0.990 1.000 0.985603", "country 1.010 1.750 0.000685"],
			...["</s> 1.760 1.900 1.000000", "not", "<s> 2.000 2.100 1.000300", "not 2.110 2.300 0.8\n"],
		].join("\n"),
		"auto",
	);
	assert.deepEqual(
		raw.segments.map(({ text, words }) => [
			text,
			words.map((word) => Object.values(word).join(" ")),
		]),
		[
			["ask our country", ["ask 0.41 0.6", "our 0.71 0.98", "country 1.01 1.75"]],
			["not", ["not 2.11 2.3"]],
		],
	);
	assert.equal(readPrinted("route 66 1.000 2.000 0.5", "auto").text, "route 66 1.000 2.000 0.5");
});

test("auto: JSON is read as JSON, and a bracket alone does not make it that", () => {
	assert.equal(readPrinted(' {"text":"hi"}', "auto").text, "hi");
	assert.equal(readPrinted("[music] hello", "auto").text, "[music] hello");
});

test("a megabyte of spaces is read like anything else, in one pass", () => {
	const raw = readPrinted(`one${" ".repeat(2 ** 20)}\n${" ".repeat(2 ** 20)}two`, "auto");
	assert.equal(raw.text, "one two");
});

test("text: is left as text even where it looks like JSON", () => {
	assert.equal(readPrinted('{"text":"hi"}', "text").text, '{"text":"hi"}');
});

test("numbers that are none, as Python prints them, are times that are missing", () => {
	const printed =
		'{"text":"NaN a \\"NaN\\"","segments":[{"start":NaN,"end":-Infinity,"text":"a"}]}';
	for (const output of ["auto", "json"] as const) {
		const raw = readPrinted(printed, output);
		assert.equal(raw.text, 'NaN a "NaN"');
		assert.ok(Number.isNaN(raw.segments[0]?.startSeconds));
	}
});

for (const printed of [
	'{"text":"cut sho',
	"{'text': 'single quotes'}",
	'{"text":"one"}\n{"text":"two"}',
	'[{"start":0,"end":1,"text":"a"},',
	"{",
])
	test(`auto: damaged JSON is nobody's words: ${printed}`, () => {
		assert.throws(() => readPrinted(printed, "auto"), {
			code: "ERR_ENGINE_OUTPUT",
			retryable: false,
		});
	});

for (const printed of [
	"[music] hello",
	"[BLANK_AUDIO]",
	"[laughter]\n[music]",
	"{sighs} well",
	"[1] a",
])
	test(`auto: text in brackets stays text: ${JSON.stringify(printed)}`, () => {
		assert.equal(readPrinted(printed, "auto").text, printed.replace("\n", " "));
	});

test("ten thousand words of a script without spaces are joined in one pass", () => {
	const words = Array.from({ length: 10_000 }, (_, at) => word("再𠀀", at, at + 1));
	const raw = readTranscriptJson([{ start: 0, end: 10_000, words }]);
	assert.equal(raw.segments[0]?.text, "再𠀀".repeat(10_000));
});
