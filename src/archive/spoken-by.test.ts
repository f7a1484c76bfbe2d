import assert from "node:assert/strict";
import { test } from "node:test";
import type { Segment } from "../transcript.ts";
import { spokenBy } from "./spoken-by.ts";

function segment(text: string, speaker?: string): Segment {
	const times = { startSeconds: 0, endSeconds: 1 };
	return { text, ...times, words: [], ...(speaker === undefined ? {} : { speaker }) };
}

test("neighbouring segments of one speaker are one range, and the text of both is in it", () => {
	const text = "Hello there.\n\nHow are you?  Fine. And you?";
	const segments = [
		segment(" Hello there.", "S1"),
		segment("How are\tyou?", "S1"),
		segment("Fine.", "S2"),
		segment("And you?", "S1"),
	];
	const speakers = spokenBy({ text, segments, speakerNames: { S2: "Ana", S3: "nobody" } });
	assert.deepEqual(
		speakers.map(({ label, name, ranges }) => [
			label,
			name,
			ranges.map(([start, end]) => text.slice(start, end)),
		]),
		[
			["S1", null, ["Hello there.\n\nHow are you?", "And you?"]],
			["S2", "Ana", ["Fine."]],
		],
	);
});

test("what nobody is known to say parts two ranges of one speaker", () => {
	const segments = [segment("a", "S1"), segment("b"), segment("c", "S1")];
	assert.deepEqual(spokenBy({ text: "a b c", segments })[0]?.ranges, [
		[0, 1],
		[4, 5],
	]);
});

test("without labels there are no speakers", () => {
	assert.deepEqual(spokenBy({ text: "a", segments: [segment("a")] }), []);
});

test("where text and segments differ, each may have said all of it", () => {
	const segments = [segment("a", "S1"), segment("x", "S2")];
	for (const text of ["a b", "a", "a x more"]) {
		for (const { ranges } of spokenBy({ text, segments })) {
			assert.deepEqual(ranges, [[0, text.length]]);
		}
	}
});

test("a label that every object has is a label like another", () => {
	const [speaker] = spokenBy({ text: "a", segments: [segment("a", "toString")] });
	assert.equal(speaker?.name, null);
});
