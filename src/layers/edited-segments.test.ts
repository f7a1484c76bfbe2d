import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Segment, Word } from "../transcript.ts";
import { editedSegments } from "./edited-segments.ts";

/** Words one second apart, half a second long. */
function segment(text: string, from = 0): Segment {
	const words = text.split(" ").map((word, index): Word => {
		return { text: word, startSeconds: from + index, endSeconds: from + index + 0.5 };
	});
	return { text, startSeconds: from, endSeconds: from + words.length, words };
}

const timesOf = ({ words }: Segment) =>
	words.map(({ text, startSeconds, endSeconds }) => [text, startSeconds, endSeconds]);

test("what was not changed keeps its time; a word in the place of another takes its time", () => {
	const [edited, ...others] = editedSegments(
		[segment("we use cuber today")],
		"We use Kuber today!",
	);
	assert.deepEqual(others, []);
	assert.equal(edited?.text, "We use Kuber today!");
	assert.deepEqual(timesOf(edited as Segment), [
		["We", 0, 0.5],
		["use", 1, 1.5],
		["Kuber", 2, 2.5],
		["today!", 3, 3.5],
	]);
});

test("words in the place of more or fewer ones share the time of those", () => {
	const one = editedSegments([segment("we use cooper netties now")], "we use Kubernetes now");
	assert.deepEqual(timesOf(one[0] as Segment)[2], ["Kubernetes", 2, 3.5]);
	const two = editedSegments([segment("gonna go")], "going to go");
	assert.deepEqual(timesOf(two[0] as Segment), [
		["going", 0, (0.5 * 5) / 7],
		["to", (0.5 * 5) / 7, 0.5],
		["go", 1, 1.5],
	]);
});

test("as many words in the place of others take their times one by one", () => {
	const [edited] = editedSegments([segment("a b c d")], "a w longer d");
	assert.deepEqual(timesOf(edited as Segment).slice(1, 3), [
		["w", 1, 1.5],
		["longer", 2, 2.5],
	]);
});

test("a segment grows into the pause after it where it has no time left for what was added", () => {
	const full = { ...segment("one"), endSeconds: 0.5 };
	const edited = editedSegments([full, segment("two", 3)], "one more two");
	assert.deepEqual(
		edited.map(({ text, startSeconds, endSeconds }) => [text, startSeconds, endSeconds]),
		[
			["one more", 0, 3],
			["two", 3, 4],
		],
	);
});

test("new words lie between their neighbours, in the segment they were written into", () => {
	const given = [segment("one two"), segment("three four", 5)];
	const edited = editedSegments(given, "one two and a half three four");
	assert.deepEqual(
		edited.map(({ text, startSeconds, endSeconds }) => [text, startSeconds, endSeconds]),
		[
			["one two and a half", 0, 2],
			["three four", 5, 7],
		],
	);
	assert.deepEqual(edited[1], given[1]);
});

test("a segment of which nothing is left goes, one without word times stays without", () => {
	const plain = { text: "b c", startSeconds: 3, endSeconds: 4, words: [], speaker: "S2" };
	const edited = editedSegments([segment("a"), plain, segment("d", 6)], "a b x c");
	assert.deepEqual(edited, [segment("a"), { ...plain, text: "b x c" }]);
});

test("in scripts without spaces a word that stayed is the engine's, a new one each letter", () => {
	const words = [
		{ text: "京都", startSeconds: 0, endSeconds: 1 },
		{ text: "に", startSeconds: 1, endSeconds: 1.5 },
		{ text: "住む", startSeconds: 2, endSeconds: 3 },
	];
	const given = { text: "京都に住む", startSeconds: 0, endSeconds: 3, words };
	const [edited] = editedSegments([given], "京都で住む。");
	assert.deepEqual(timesOf(edited as Segment), [
		["京都", 0, 1],
		["で", 1, 1.5],
		["住む。", 2, 3],
	]);
});

test("provenance stays with the words that stay, and with no word that a person wrote", () => {
	const provenance = [{ original: "cuber", lexicon: "names", version: 1, rule: "cuber" }];
	const given = segment("use Kuber Kuber now");
	for (const word of given.words) if (word.text === "Kuber") word.provenance = provenance;
	const [edited] = editedSegments([given], "use Kuber, Cuba-Kuber now");
	assert.deepEqual(
		edited?.words.map((word) => word.provenance),
		[undefined, provenance, undefined, undefined],
	);
});

test("without times there is nothing to keep", () => {
	assert.deepEqual(editedSegments([], "anything"), []);
});

const word = fc.constantFrom("a", "b", "B.", "c-d", "京都", "–", "«e»", "don't");
const words = (maxLength: number) => fc.array(word, { minLength: 1, maxLength });
const given = fc
	.array(fc.tuple(words(5), fc.boolean(), fc.double({ min: 0, max: 2, noNaN: true })), {
		minLength: 1,
		maxLength: 4,
	})
	.map((parts) => {
		let now = 0;
		return parts.map(([texts, timed, pause]): Segment => {
			const one = segment(texts.join(" "), now + pause);
			now = one.endSeconds;
			return timed ? one : { ...one, words: [] };
		});
	});
const squeeze = (text: string) => text.replace(/\s/g, "");

test("the segments say the edited text, starts never decrease, words lie in their segments", () => {
	fc.assert(
		fc.property(given, words(12), (segments, texts) => {
			const before = structuredClone(segments);
			const text = texts.join(" ");
			const edited = editedSegments(segments, text);
			assert.deepEqual(segments, before);
			assert.equal(squeeze(edited.map((one) => one.text).join("")), squeeze(text));
			let now = 0;
			for (const one of edited) {
				assert.ok(one.startSeconds >= now && one.endSeconds >= one.startSeconds);
				now = one.startSeconds;
				for (const { startSeconds, endSeconds } of one.words) {
					assert.ok(startSeconds >= now && startSeconds <= endSeconds);
					assert.ok(endSeconds <= one.endSeconds);
					now = startSeconds;
				}
				if (one.words.length === 0) continue;
				const said = one.words.map((spoken) => spoken.text).join("");
				assert.equal(squeeze(said), squeeze(one.text));
			}
		}),
		{ numRuns: 2000 },
	);
});

test("an edit of one stretch leaves every word before and after it as it was", () => {
	// No word twice: of two equal ones nobody can tell which one stayed.
	const said = fc.integer({ min: 1, max: 12 }).map((count) => [..."abcdefghijkl"].slice(0, count));
	const written = fc.array(fc.constantFrom("x", "y", "z"), { minLength: 1, maxLength: 12 });
	fc.assert(
		fc.property(said, written, fc.nat(12), fc.nat(12), (texts, put, from, length) => {
			const one = segment(texts.join(" "));
			const start = Math.min(from, texts.length);
			const end = Math.min(start + length, texts.length);
			const text = [...texts.slice(0, start), ...put, ...texts.slice(end)].join(" ");
			const [edited] = editedSegments([one], text);
			assert.deepEqual(edited?.words.slice(0, start), one.words.slice(0, start));
			const kept = one.words.slice(end);
			if (kept.length > 0) assert.deepEqual(edited?.words.slice(-kept.length), kept);
		}),
		{ numRuns: 500 },
	);
});
