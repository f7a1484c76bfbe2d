import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleInput, exampleSegment } from "../../test/example-transcript.ts";
import { cuesOf } from "./cues.ts";

const shown = (cue: { startMs: number; endMs: number; lines: string[] }) => [
	cue.startMs,
	cue.endMs,
	...cue.lines,
];

test("cues end at sentence ends and pauses, and keep the engine's times", () => {
	const segments = [
		exampleSegment("And so my fellow Americans.", 0.32),
		exampleSegment("Ask not", 2.82),
		exampleSegment("what your country", 5.5),
	];
	const text = segments.map((segment) => segment.text).join(" ");
	assert.deepEqual(cuesOf(exampleInput(text, segments)).map(shown), [
		[320, 2820, "And so my fellow Americans."],
		[2820, 3820, "Ask not"],
		[5500, 7000, "what your country"],
	]);
});

test("a long sentence is cut at a comma, into two balanced lines of at most 42 characters", () => {
	const text =
		"ask not what your country can do for you, ask what you can do for your country and then do more of it";
	const cues = cuesOf(
		exampleInput(text, [{ ...exampleSegment(text, 0), words: [], endSeconds: 10 }]),
	);
	assert.deepEqual(
		cues.map(({ lines }) => lines),
		[
			["ask not what your country can do for you,"],
			["ask what you can do for your", "country and then do more of it"],
		],
	);
	assert.deepEqual(cues.flatMap(({ lines }) => lines).join(" "), text);
	for (const line of cues.flatMap(({ lines }) => lines)) assert.ok(line.length <= 42, line);
});

test("an edited text is shown, at the times of the words that it shares with the engine's", () => {
	const segments = [exampleSegment("we use cooper netties now. it works very well", 10)];
	const cues = cuesOf(exampleInput("We use Kubernetes now. It really works very well!", segments));
	assert.deepEqual(cues.map(shown), [
		[10000, 12500, "We use Kubernetes now."],
		[12500, 14500, "It really works very well!"],
	]);
	const rewritten = cuesOf(exampleInput("Something else entirely", segments));
	assert.deepEqual(rewritten.map(shown), [[10000, 14500, "Something else entirely"]]);
});

test("an engine's words without punctuation time a text that has it", () => {
	const segment = {
		...exampleSegment("well it's state of the art", 0),
		text: "Well… it's — state-of-the-art!",
	};
	assert.deepEqual(cuesOf(exampleInput(segment.text, [segment])).map(shown), [
		[0, 3000, "Well… it's — state-of-the-art!"],
	]);
});

test("without times, one cue lasts as long as the recording; without a length, it is refused", () => {
	const text = "one two three four five six seven eight nine ten";
	const [cue, ...others] = cuesOf(exampleInput(text, [], 12.3456));
	assert.deepEqual(shown(cue ?? { startMs: 0, endMs: 0, lines: [] }), [
		0,
		12346,
		"one two three four five six seven eight",
		"nine ten",
	]);
	assert.equal(others.length, 0);
	assert.throws(() => cuesOf(exampleInput(text, [], null)), { code: "ERR_UNSUPPORTED" });
	assert.deepEqual(cuesOf(exampleInput("", [], null)), []);
});

test("scripts without spaces are broken between words, at half as many characters", () => {
	const text =
		"私は昨日東京都に行きました。とても楽しかったです、また行きたいと思っています。友達と一緒に「寿司」を食べました。";
	const segment = { text, startSeconds: 0, endSeconds: 9, words: [] };
	const lines = cuesOf(exampleInput(text, [segment])).flatMap((cue) => cue.lines);
	assert.equal(lines.join(""), text);
	for (const line of lines) {
		assert.ok(line.length <= 21, line);
		assert.doesNotMatch(line, /^[、。」]|「$/);
	}
});
