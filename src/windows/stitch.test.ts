import assert from "node:assert/strict";
import { test } from "node:test";
import { joinTexts } from "./join-texts.ts";
import { stitch } from "./stitch.ts";
import type { Said, Window } from "./window.ts";

/** Windows over the given cuts, reaching over each by so much. */
function windowsAt(cuts: number[], reach: number): Window[] {
	return cuts.slice(1).map((coreEndSeconds, index) => {
		const coreStartSeconds = cuts[index] ?? 0;
		return {
			index,
			coreStartSeconds,
			coreEndSeconds,
			startSeconds: index === 0 ? coreStartSeconds : coreStartSeconds - reach,
			endSeconds: index === cuts.length - 2 ? coreEndSeconds : coreEndSeconds + reach,
			silent: false,
		};
	});
}

/** One segment of words of 0.2 s at the given times, `text` by default what the words say. */
function words(list: [string, number][], text = list.map(([word]) => word).join(" ")): Said {
	const all = list.map(([word, startSeconds]) => ({
		text: word,
		startSeconds,
		endSeconds: startSeconds + 0.2,
	}));
	const span = { startSeconds: list[0]?.[1] ?? 0, endSeconds: (list.at(-1)?.[1] ?? 0) + 0.2 };
	return { text, segments: [{ ...span, text, words: all }], language: "en" };
}

function line(text: string): Said {
	return { text, segments: [], language: null };
}

function parts(windows: Window[], outputs: (Said | null)[]) {
	return windows.map((window, index) => ({ window, output: outputs[index] ?? null }));
}

test("of a word said three times fast, each is there once", () => {
	const [a, b] = windowsAt([0, 10, 20], 2);
	assert.ok(a && b);
	const left = words([
		["well", 8.5],
		["no", 9.5],
		["no", 9.8],
		["no", 10.1],
		["yes", 11],
	]);
	const right = words([
		["well", 0.45],
		["no", 1.6],
		["no", 1.9],
		["no", 2.2],
		["yes", 3.1],
	]);
	assert.equal(stitch(parts([a, b], [left, right])).text, "well no no no yes");
});

test("what only one of two windows said in their overlap is kept, on either side of the cut", () => {
	const [a, b] = windowsAt([0, 10, 20], 2);
	assert.ok(a && b);
	const early = words([
		["one", 1],
		["two", 8.2],
	]);
	const late = words([
		["three", 0.6],
		["four", 5],
	]);
	assert.equal(stitch(parts([a, b], [early, late])).text, "one two three four");
	const longer = words([
		["one", 1],
		["two", 11.5],
	]);
	const after = words([
		["three", 3.8],
		["four", 5],
	]);
	assert.equal(stitch(parts([a, b], [longer, after])).text, "one two three four");
});

test("nearness counts more than number: a word that one side lacks shifts no pair", () => {
	const [a, b] = windowsAt([0, 10, 20], 1);
	assert.ok(a && b);
	// The last one is cut off for the first window, the first one for the second window.
	const left = words([
		["no", 9.1],
		["no", 9.5],
		["no", 9.9],
	]);
	const right = words([
		["no", 0.45],
		["no", 0.85],
		["no", 1.25],
	]);
	const { segments } = stitch(parts([a, b], [left, right]));
	const starts = segments.flatMap((one) => one.words).map((word) => word.startSeconds);
	assert.equal(starts.length, 4);
});

test("a segment's text is cut with its words, punctuation and all", () => {
	const [a, b] = windowsAt([0, 10, 20], 2);
	assert.ok(a && b);
	const left = words(
		[
			["he", 8],
			["said", 8.4],
			["hello", 9.5],
			["world", 10.5],
			["gre", 11.8],
		],
		'He said: "Hello, world." Gre',
	);
	const right = words(
		[
			["o", 0],
			["hello", 1.5],
			["world", 2.5],
			["great", 3.8],
			["day", 4.5],
		],
		"O Hello, world. Great day!",
	);
	assert.equal(stitch(parts([a, b], [left, right])).text, 'He said: "Hello, world. Great day!');
});

test("where windows were cut in silence nothing is compared: what is said twice stays", () => {
	const [a, b] = windowsAt([0, 10, 20], 0);
	assert.ok(a && b);
	const whole = stitch(parts([a, b], [words([["no", 9.7]]), words([["no", 0.1]])]));
	assert.equal(whole.text, "no no");
	assert.equal(stitch(parts([a, b], [line("no no"), line("no no")])).text, "no no no no");
});

test("a side that heard nothing in the overlap takes no word from the other", () => {
	const [a, b] = windowsAt([0, 10, 20], 2);
	assert.ok(a && b);
	const whole = stitch(parts([a, b], [words([["late", 11]]), words([["later", 8]])]));
	assert.equal(whole.text, "late later");
});

test("one window's answer is left as it is, also without any times", () => {
	const [only] = windowsAt([0, 10], 0);
	assert.ok(only);
	assert.deepEqual(stitch(parts([only], [line("One.\n\nTwo.")])), line("One.\n\nTwo."));
	assert.deepEqual(stitch(parts([only], [null])), line(""));
	assert.deepEqual(stitch([]), line(""));
});

test("texts without times are joined where the end of one begins the next", () => {
	const windows = windowsAt([0, 10, 20, 30], 2);
	const whole = stitch(
		parts(windows, [
			line("it was a dark and stormy night the rain fe"),
			line("ormy night, the rain fell in torrents except"),
			line("torrents except at occasional intervals"),
		]),
	);
	assert.equal(
		whole.text,
		"it was a dark and stormy night the rain fell in torrents except at occasional intervals",
	);
	assert.deepEqual(
		whole.segments.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]),
		[
			[0, 10],
			[10, 20],
			[20, 30],
		],
	);
});

test("scripts without spaces are joined by characters, and without spaces", () => {
	const windows = windowsAt([0, 10, 20], 2);
	const whole = stitch(
		parts(windows, [
			line("今日はとても天気がいいですね"),
			line("天気がいいですね。散歩に行きましょう"),
		]),
	);
	assert.equal(whole.text.replaceAll("。", ""), "今日はとても天気がいいですね散歩に行きましょう");
	assert.equal(joinTexts(["天気。", "散歩", "and so", "on"]), "天気。散歩 and so on");
});

test("a word that the next window tells too early does not begin before the one in front of it", () => {
	const [a, b] = windowsAt([0, 10, 20], 2);
	assert.ok(a && b);
	const left = words([
		["one", 9.8],
		["to", 9.9],
	]);
	const right = words([
		["one", 1.7],
		["to", 1.75],
		["three", 1.8],
	]);
	const starts = stitch(parts([a, b], [left, right]))
		.segments.flatMap((one) => [one, ...one.words])
		.map((one) => one.startSeconds);
	assert.deepEqual(
		starts,
		starts.toSorted((x, y) => x - y),
	);
});

test("the language is the one in which most was said", () => {
	const windows = windowsAt([0, 2, 20, 30], 0);
	const said = (language: string | null, text: string): Said => ({ ...line(text), language });
	const whole = stitch(parts(windows, [said("de", "ja"), said("en", "yes"), said("de", "ja")]));
	assert.equal(whole.language, "en");
	assert.equal(stitch(parts(windows, [said("fr", ""), null, null])).language, "fr");
});

test("two hours of windows are stitched without comparing what cannot touch", () => {
	const windows = windowsAt(
		Array.from({ length: 301 }, (_, index) => index * 24),
		2,
	);
	let heard = 0;
	const all = windows.map(({ startSeconds, endSeconds }) => {
		const list: [string, number][] = [];
		for (let at = Math.ceil(startSeconds * 2) / 2; at < endSeconds - 0.2; at += 0.5)
			list.push([`w${Math.round(at * 2)}`, at - startSeconds]);
		heard += list.length;
		return words(list);
	});
	const whole = stitch(parts(windows, all));
	const texts = whole.segments.flatMap((one) => one.words).map((word) => word.text);
	assert.equal(texts.length, 14_400);
	assert.equal(new Set(texts).size, 14_400);
	assert.ok(heard > 14_400, "the overlaps were heard twice");
});

test("a window's text of which its segments say only a part is kept whole", () => {
	const partly = { ...words([["one", 1]]), text: "one two three" };
	assert.equal(stitch(parts(windowsAt([0, 10], 0), [partly])).text, "one two three");
	const [a, b] = windowsAt([0, 10, 20], 0);
	assert.ok(a && b);
	assert.equal(stitch(parts([a, b], [partly, line("four")])).text, "one two three four");
});
