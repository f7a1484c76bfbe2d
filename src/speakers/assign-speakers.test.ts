import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Segment, Word } from "../transcript.ts";
import { assignSpeakers } from "./assign-speakers.ts";
import type { LabelledTurn } from "./speaker-turns.ts";

const word = (text: string, startSeconds: number, endSeconds: number): Word => ({
	...{ text, startSeconds, endSeconds },
});
const turn = (speaker: string, startSeconds: number, endSeconds: number): LabelledTurn => ({
	...{ startSeconds, endSeconds, speaker },
});
/** One word a second, half a second long, without punctuation, as engines give them. */
function segmentOf(text: string, startSeconds: number): Segment {
	const words = text
		.split(" ")
		.map((one, i) =>
			word(one.replace(/[^\p{L}']/gu, ""), startSeconds + i, startSeconds + i + 0.5),
		);
	return { text, startSeconds, endSeconds: startSeconds + words.length, words };
}
const shown = (segments: Segment[]) => segments.map(({ speaker, text }) => [speaker, text]);

test("a segment in which two speak is cut where they change, punctuation with its word", () => {
	const segments = [segmentOf("How are you? “Fine,” she said.", 0)];
	const labelled = assignSpeakers(segments, [turn("S1", 0, 2.6), turn("S2", 2.9, 9)]);
	assert.deepEqual(shown(labelled), [
		["S1", "How are you?"],
		["S2", "“Fine,” she said."],
	]);
	assert.deepEqual(
		labelled.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]),
		[
			[0, 2.5],
			[3, 6],
		],
	);
	assert.equal(labelled[1]?.words.length, 3);
});

test("a word is whose turn it is in for longest, and what nobody is near is nobody's", () => {
	const turns = [turn("S1", 0, 1.3), turn("S2", 1.2, 2)];
	const one = (from: number, to: number) =>
		assignSpeakers(
			[{ text: "a", startSeconds: from, endSeconds: to, words: [word("a", from, to)] }],
			[...turns],
		)[0]?.speaker;
	assert.equal(one(1, 1.5), "S1");
	assert.equal(one(1.2, 1.5), "S2");
	assert.equal(one(2.4, 2.5), "S2");
	assert.equal(one(2.6, 2.7), undefined);
	assert.equal(one(0.5, 0.5), "S1");
});

test("several short turns count together", () => {
	const turns = [turn("S1", 0, 0.3), turn("S2", 0.3, 0.7), turn("S1", 0.7, 1)];
	const segment = { text: "a", startSeconds: 0, endSeconds: 1, words: [word("a", 0, 1)] };
	assert.equal(assignSpeakers([segment], turns)[0]?.speaker, "S1");
});

test("without times of words a segment is whoever's it is for longest, and stays whole", () => {
	const segment = { ...segmentOf("one two three four", 0), words: [] };
	const turns = [turn("S1", 0, 1), turn("S2", 1, 2.4), turn("S1", 2.4, 2.6), turn("S2", 3, 4)];
	assert.deepEqual(shown(assignSpeakers([segment], turns)), [["S2", "one two three four"]]);
});

test("where the words are not the text's, the text stays whole", () => {
	const segment = { ...segmentOf("one two three four", 0), text: "eins zwei drei vier" };
	const turns = [turn("S1", 0, 1), turn("S2", 1, 4)];
	assert.deepEqual(shown(assignSpeakers([segment], turns)), [["S2", "eins zwei drei vier"]]);
});

test("a word that nobody is heard with does not cut what one person says", () => {
	const turns = [turn("S1", 0, 0.6), turn("S1", 4, 5)];
	assert.deepEqual(shown(assignSpeakers([segmentOf("so then we all went", 0)], turns)), [
		["S1", "so then we all went"],
	]);
});

test("text without spaces is cut between its words", () => {
	const words = ["東京", "に", "行く", "はい"].map((text, i) => word(text, i, i + 0.8));
	const segment = { text: "東京に行く。はい", startSeconds: 0, endSeconds: 4, words };
	const labelled = assignSpeakers([segment], [turn("S1", 0, 2.9), turn("S2", 3, 4)]);
	assert.deepEqual(shown(labelled), [
		["S1", "東京に行く。"],
		["S2", "はい"],
	]);
});

test("where nobody was told apart, labels that an engine gave stay", () => {
	const segments = [{ ...segmentOf("a b", 0), speaker: "guest" }];
	assert.deepEqual(assignSpeakers(segments, []), segments);
});

describe("whatever the turns are", () => {
	const spoken = fc.constantFrom("a", "ab", "B", "c.", "京", "“d”", "l'a", "", "–");
	const step = fc.integer({ min: 0, max: 12 }).map((n) => n / 10);
	const timedWords = fc.array(fc.tuple(spoken, step, step), { minLength: 1, maxLength: 8 });
	const segments = fc
		.array(fc.tuple(timedWords, fc.boolean(), fc.boolean()), { maxLength: 4 })
		.map((all) => {
			let now = 0;
			return all.map(([parts, hasWords, isOdd]): Segment => {
				const startSeconds = now;
				const words = parts.map(([text, pause, length]) => {
					const from = now + pause;
					now = from + length;
					return word(text, from, now);
				});
				const text = isOdd ? "another text" : words.map((one) => one.text).join(" ");
				return { text, startSeconds, endSeconds: now, words: hasWords ? words : [] };
			});
		});
	const turns = fc.array(
		fc
			.tuple(fc.constantFrom("S1", "S2", "S3"), fc.nat(300), fc.integer({ min: 1, max: 60 }))
			.map(([speaker, from, length]) => turn(speaker, from / 10, (from + length) / 10)),
		{ maxLength: 12 },
	);
	const squeezed = (text: string) => text.replace(/\s/g, "");
	const holds = (check: (before: Segment[], after: Segment[], by: LabelledTurn[]) => void) =>
		fc.assert(
			fc.property(segments, turns, (before, by) => check(before, assignSpeakers(before, by), by)),
			{ numRuns: 1000 },
		);

	test("the text stays what it is, white space aside", () =>
		holds((before, after) => {
			const texts = (some: Segment[]) => squeezed(some.map(({ text }) => text).join(""));
			assert.equal(texts(after), texts(before));
		}));

	test("every word is in exactly one segment, in its order, with its times", () =>
		holds((before, after) => {
			const words = (some: Segment[]) => some.flatMap((segment) => segment.words);
			assert.deepEqual(words(after), words(before));
		}));

	test("times never run backwards, and words lie in their segments", () =>
		holds((_, after) => {
			let latest = 0;
			for (const { startSeconds, endSeconds, words } of after) {
				assert.ok(startSeconds >= latest && endSeconds >= startSeconds);
				latest = startSeconds;
				for (const one of words) {
					assert.ok(one.startSeconds >= startSeconds && one.endSeconds <= endSeconds);
				}
			}
		}));

	test("doing it twice gives the same as doing it once", () =>
		holds((_, after, by) => {
			assert.deepEqual(assignSpeakers(after, by), after);
		}));

	test("nobody is named who has no turn", () =>
		holds((_, after, by) => {
			const known = new Set(by.map(({ speaker }) => speaker));
			for (const { speaker } of after) assert.ok(speaker === undefined || known.has(speaker));
		}));

	test("a word that lies in one turn alone is that speaker's, where the segment could be cut", () =>
		holds((before, after, by) => {
			if (before.some(({ text }) => text === "another text")) return;
			for (const { words, speaker } of after) {
				for (const { text, startSeconds, endSeconds } of words) {
					const near = by.filter(
						(one) => one.startSeconds < endSeconds + 0.6 && one.endSeconds > startSeconds - 0.6,
					);
					const [only, ...others] = near;
					const isIn = only && only.startSeconds <= startSeconds && only.endSeconds >= endSeconds;
					if (!isIn || others.length > 0 || endSeconds === startSeconds) continue;
					if (before.some((one) => one.words.some((w) => w.text === ""))) continue;
					assert.equal(speaker, only.speaker, text);
				}
			}
		}));
});
