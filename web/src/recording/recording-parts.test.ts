import assert from "node:assert/strict";
import { test } from "node:test";
import { coverageWords, doubtWords } from "./doubt-words.ts";
import { findIn } from "./find.ts";
import { paragraphsOf, type SaidSegment } from "./paragraphs.ts";
import { columnsOf, loudestOf, readPeaks } from "./peaks.ts";
import { silencesBetween, skipFrom } from "./silences.ts";
import { sampleRate, spectrogramOf } from "./spectrum.ts";
import { moved, ticksOf, zoomed } from "./view-span.ts";
import { lastBegun, wordAt, wordTimesOf } from "./word-times.ts";

/** Words half a second long, one after the other. */
function said(text: string, startSeconds: number, speaker?: string): SaidSegment {
	const words = text.split(" ").map((word, index) => {
		const start = startSeconds + index / 2;
		return { text: word, startSeconds: start, endSeconds: start + 0.4 };
	});
	const endSeconds = words.at(-1)?.endSeconds ?? startSeconds;
	return { text, startSeconds, endSeconds, words, ...(speaker ? { speaker } : {}) };
}

test("paragraphs say every word once, in order, and never two people's", () => {
	const long = Array.from({ length: 260 }, (_, index) => `w${index}`).join(" ");
	const segments = [said("one two", 0, "S1"), said(long, 1, "S1"), said("three", 140, "S2")];
	const paragraphs = paragraphsOf(segments);
	const words = paragraphs.flatMap(({ pieces }) => pieces.map(({ word }) => word.text));
	assert.deepEqual(words, `one two ${long} three`.split(" "));
	assert.ok(paragraphs.every(({ pieces }) => pieces.length <= 110));
	assert.deepEqual(
		paragraphs.map(({ firstWord }) => firstWord),
		paragraphs.map(({ index }) =>
			paragraphs.slice(0, index).reduce((sum, { pieces }) => sum + pieces.length, 0),
		),
	);
	assert.equal(paragraphs.at(-1)?.speaker, "S2");
	assert.equal(paragraphs.at(-1)?.isNewSpeaker, true);
	for (const { pieces, text } of paragraphs) {
		assert.equal(
			pieces.map(({ before, word, after }) => before + word.text + after).join(""),
			text,
		);
	}
});

test("what stands between words is the segment's own: Japanese gets no spaces", () => {
	const words = ["京都", "に", "住む"].map((text, index) => {
		return { text, startSeconds: index, endSeconds: index + 0.5 };
	});
	const segment = { text: "京都に住む。", startSeconds: 0, endSeconds: 3, words };
	assert.equal(paragraphsOf([segment, segment])[0]?.text, "京都に住む。京都に住む。");
});

test("signs around words that no word has stay where they are", () => {
	const words = ["one", "two"].map((text, index) => {
		return { text, startSeconds: index, endSeconds: index + 0.5 };
	});
	const text = "– “one, two!”";
	assert.equal(paragraphsOf([{ text, startSeconds: 0, endSeconds: 2, words }])[0]?.text, text);
});

test("text without times is all there, in parts that can be read", () => {
	const text = Array.from({ length: 900 }, (_, index) => `word${index}.`).join(" ");
	const paragraphs = paragraphsOf([{ text, startSeconds: 0, endSeconds: 0, words: [] }]);
	assert.ok(paragraphs.length > 3);
	assert.equal(paragraphs.map((one) => one.text).join(" "), text);
	const single = "x".repeat(3000);
	const parts = paragraphsOf([{ text: single, startSeconds: 0, endSeconds: 9, words: [] }]);
	assert.equal(parts.map((one) => one.text).join(""), single);
});

test("the word that is heard is found, and none in a long pause", () => {
	const times = wordTimesOf(paragraphsOf([said("one two", 0), said("three", 10)]));
	assert.deepEqual(
		[-1, 0, 0.49, 0.5, 3, 10.1, 99].map((seconds) => wordAt(times, seconds)),
		[-1, 0, 0, 1, -1, 2, -1],
	);
	assert.equal(lastBegun([], 3), -1);
});

test("only long silences are skipped, and never speech that has no words", () => {
	const words = [
		{ startSeconds: 2, endSeconds: 3 },
		{ startSeconds: 3.5, endSeconds: 4 },
		{ startSeconds: 20, endSeconds: 21 },
	];
	const gap = { startSeconds: 8, endSeconds: 12 };
	const silences = silencesBetween([...words, gap], 30);
	assert.deepEqual(
		silences.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]),
		[
			[0, 1.85],
			[4.15, 7.85],
			[12.15, 19.85],
			[21.15, 29.85],
		],
	);
	assert.deepEqual(
		[1, 2.5, 3.2, 5, 9, 13].map((seconds) => skipFrom(silences, seconds)),
		[1.85, null, null, 7.85, null, 19.85],
	);
	assert.deepEqual(silencesBetween([], 30), []);
});

test("peaks are read as they lie on disk, and anything else is refused", () => {
	const bytes = new ArrayBuffer(64 + 8);
	const view = new DataView(bytes);
	view.setUint32(0, 0x4b50574f, true);
	view.setUint8(4, 1);
	view.setUint8(5, 20);
	view.setUint32(12, 4, true);
	new Int8Array(bytes, 64).set([-10, 20, -128, 127, 0, 0, -5, 5]);
	const peaks = readPeaks(bytes);
	assert.ok(peaks);
	assert.equal(loudestOf(peaks), 1);
	const columns = columnsOf(peaks, { startSeconds: 0, endSeconds: 0.2 }, 2);
	assert.deepEqual([...columns], [-1, 1, -5 / 128, 5 / 127].map(Math.fround));
	assert.equal(readPeaks(bytes.slice(0, 63)), null);
	view.setUint8(4, 2);
	assert.equal(readPeaks(bytes), null);
});

test("a tone lies in the spectrogram where its frequency is, and only while it sounds", () => {
	const samples = Int16Array.from({ length: sampleRate }, (_, index) =>
		index < sampleRate / 2 ? 0 : 8000 * Math.sin((2 * Math.PI * 2000 * index) / sampleRate),
	);
	const { levels, bins } = spectrogramOf(samples, 10);
	const column = (index: number) => levels.subarray(index * bins, (index + 1) * bins);
	const loudest = column(8).indexOf(Math.max(...column(8)));
	assert.ok(Math.abs((loudest * sampleRate) / 2 / bins - 2000) < 50);
	assert.equal(Math.max(...column(2)), 0);
});

test("zooming and moving never leave the recording", () => {
	const whole = { startSeconds: 0, endSeconds: 100 };
	assert.deepEqual(zoomed(whole, 0.5, 0, 100), { startSeconds: 0, endSeconds: 50 });
	assert.deepEqual(zoomed(whole, 2, 50, 100), whole);
	assert.deepEqual(zoomed(whole, 0.001, 100, 100), { startSeconds: 96, endSeconds: 100 });
	const part = { startSeconds: 40, endSeconds: 60 };
	assert.deepEqual(moved(part, 90, 100), { startSeconds: 80, endSeconds: 100 });
	assert.deepEqual(moved(part, -90, 100), { startSeconds: 0, endSeconds: 20 });
	assert.deepEqual(ticksOf(part, 4), [40, 45, 50, 55, 60].slice(0, 5));
});

test("what is looked for is taken literally, across words and white space", () => {
	const paragraphs = paragraphsOf([said("What (a) Day it is", 0)]);
	assert.deepEqual(findIn(paragraphs, "(a)  day"), [{ paragraph: 0, start: 5, end: 12 }]);
	assert.deepEqual(findIn(paragraphs, "."), []);
	assert.deepEqual(findIn(paragraphs, "  "), []);
});

test("doubts are said in words", () => {
	const gap = { startSeconds: 10, endSeconds: 22, text: "", askedAgain: 0, reason: null };
	assert.equal(doubtWords({ ...gap, kind: "gap" }), "12 s of speech without words");
	const facts = { speechSeconds: 80, coveredSeconds: 60, gaps: 2, loops: 1 };
	assert.equal(
		coverageWords({ ...facts, unheard: 0, failedWindows: 2 }),
		"20 s of 1 min 20 s of speech are without words, 1 place repeats itself, no answer was had for 2 parts of it.",
	);
	const none = { ...facts, gaps: 0, loops: 0, unheard: 0, failedWindows: 0 };
	assert.equal(coverageWords(none), null);
});
