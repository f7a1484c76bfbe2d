import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyInOrder } from "../lexicon/apply-in-order.ts";
import type { Lexicon, LexiconRule } from "../lexicon/lexicon.ts";
import type { EngineOutput, Segment, Transcript } from "../transcript.ts";
import { composeTranscript, type PeoplesLayers } from "./compose-transcript.ts";
import { withEdit, withoutNewestEdit } from "./edit-history.ts";

const spoken = fc.constantFrom("a", "b", "B", "c.", "京都", "l'a", "cafe\u0301", "–");
const spokenWords = fc.array(spoken, { minLength: 1, maxLength: 6 });
const rule: fc.Arbitrary<LexiconRule> = fc.record(
	{
		from: fc.oneof(
			fc.constantFrom("a", "b", "c", "京都", "café"),
			fc
				.array(fc.constantFrom("a", "b", "c"), { minLength: 2, maxLength: 3 })
				.map((w) => w.join(" ")),
		),
		to: fc.constantFrom("", "x", "y z", "A", "b", "東京"),
		kind: fc.constant("words" as const),
	},
	{ noNullPrototype: true },
);
const regex = fc.constant<LexiconRule>({ from: "(a) (b)", to: "$2$1", kind: "regex" });
const rules = fc.array(fc.oneof({ weight: 4, arbitrary: rule }, regex), { maxLength: 4 });
const lexicons: fc.Arbitrary<Lexicon[]> = fc
	.array(rules, { maxLength: 3 })
	.map((all) =>
		all.map((own, index) => ({ format: 1, name: `l${index}`, version: 1, rules: own })),
	);

const outputs: fc.Arbitrary<EngineOutput> = fc
	.array(fc.tuple(spokenWords, fc.boolean(), fc.double({ min: 0, max: 2, noNaN: true })), {
		maxLength: 4,
	})
	.map((parts) => {
		let now = 0;
		const segments = parts.map(([texts, timed, pause]): Segment => {
			const startSeconds = now + pause;
			now = startSeconds + texts.length;
			const words = texts.map((text, index) => {
				const from = startSeconds + index;
				return { text, startSeconds: from, endSeconds: from + 0.75 };
			});
			const said = { text: texts.join(" "), startSeconds, endSeconds: now };
			return { ...said, words: timed ? words : [], speaker: "S1" };
		});
		const text = segments.map((segment) => segment.text).join(" ");
		return { engine: "example", model: null, language: "en", text, segments };
	});
const edits = fc.array(
	spokenWords.map((texts) => texts.join(" ")),
	{ maxLength: 3 },
);

const nothing: PeoplesLayers = { edit: null, edits: [], speakerNames: { S1: "Anna" } };

function compose(output: EngineOutput, used: Lexicon[], above: PeoplesLayers | null): Transcript {
	const corrected = applyInOrder(used, output, { regexTimeLimitMs: 5000 });
	const layers = { engineFile: "engine.json", output, above };
	return composeTranscript({ ...layers, corrected: { ...corrected, lexiconError: null } });
}

function edited(above: PeoplesLayers, texts: readonly string[]): PeoplesLayers {
	return texts.reduce((under, text) => withEdit(under, { editedAt: "2026-11-20", text }), above);
}

const bytes = (transcript: Transcript) => JSON.stringify(transcript);

test("an undone lexicon and undone edits leave the transcript as it was, byte for byte", () => {
	fc.assert(
		fc.property(outputs, lexicons, lexicons, edits, (output, used, others, texts) => {
			const before = compose(output, used, nothing);
			let changed = compose(output, others, before);
			for (const text of texts) {
				changed = compose(output, others, edited(changed, [text]));
			}
			// Lexicons are taken back under the edits, and the edits one by one.
			changed = compose(output, used, changed);
			for (const _ of texts) changed = compose(output, used, withoutNewestEdit(changed));
			assert.equal(bytes(changed), bytes(before));
		}),
		{ numRuns: 500 },
	);
});

test("each step back shows the text of the edit before, whatever lexicons lie below", () => {
	fc.assert(
		fc.property(outputs, lexicons, lexicons, edits, (output, used, others, texts) => {
			let transcript = compose(output, used, edited(nothing, texts));
			for (const text of texts.toReversed()) {
				assert.equal(transcript.text, text);
				transcript = compose(output, others, withoutNewestEdit(transcript));
			}
			const last = compose(output, others, transcript);
			assert.equal(bytes(last), bytes(compose(output, others, nothing)));
		}),
	);
});

test("applied twice is applied once, and what the engine said is never changed", () => {
	fc.assert(
		fc.property(outputs, lexicons, edits, (output, used, texts) => {
			const said = structuredClone(output);
			const once = compose(frozen(output), used, edited(nothing, texts));
			assert.equal(bytes(compose(output, used, once)), bytes(once));
			assert.deepEqual(output, said);
			assert.equal(once.originalText, said.text);
			if (used.length > 0 || texts.length > 0) return;
			assert.deepEqual([once.text, once.segments], [said.text, said.segments]);
		}),
		{ numRuns: 500 },
	);
});

test("times stay monotonic through all layers, and words lie in their segments", () => {
	fc.assert(
		fc.property(outputs, lexicons, edits, (output, used, texts) => {
			let now = 0;
			for (const segment of compose(output, used, edited(nothing, texts)).segments) {
				assert.ok(segment.startSeconds >= now && segment.endSeconds >= segment.startSeconds);
				now = segment.startSeconds;
				for (const { startSeconds, endSeconds } of segment.words) {
					assert.ok(startSeconds >= now && startSeconds <= endSeconds);
					assert.ok(endSeconds <= segment.endSeconds);
					now = startSeconds;
				}
			}
		}),
		{ numRuns: 1000 },
	);
});

test("a word without provenance is the engine's, one with it tells of lexicons in their order", () => {
	fc.assert(
		fc.property(outputs, lexicons, (output, used) => {
			const heard = new Set(
				output.segments.flatMap(({ words }) => words.map((one) => bytesOf(one))),
			);
			const order = used.map(({ name }) => name);
			const { segments } = compose(output, used, nothing);
			for (const word of segments.flatMap(({ words }) => words)) {
				if (word.provenance === undefined) assert.ok(heard.has(bytesOf(word)));
				else {
					assert.ok(word.provenance.length > 0);
					const places = word.provenance.map(({ lexicon }) => order.indexOf(lexicon));
					assert.deepEqual(places, places.toSorted());
				}
			}
		}),
		{ numRuns: 500 },
	);
});

test("the history of edits has an end, and the newest ones stay", () => {
	const texts = Array.from({ length: 150 }, (_, index) => String(index));
	const { edit, edits: earlier = [] } = edited(nothing, texts);
	assert.deepEqual([edit?.text, earlier.length, earlier[0]?.text], ["149", 100, "148"]);
	const long = edited(nothing, ["a".repeat(4_000_000), "b".repeat(2_000_000), "c"]);
	assert.deepEqual(
		long.edits?.map(({ text }) => text[0]),
		["b"],
	);
});

function bytesOf(value: unknown): string {
	return JSON.stringify(value);
}

/** Whoever writes to it throws. */
function frozen<T>(value: T): T {
	if (typeof value === "object" && value !== null) {
		for (const part of Object.values(Object.freeze(value))) frozen(part);
	}
	return value;
}
