import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exampleInput } from "../../test/example-transcript.ts";
import type { Segment } from "../transcript.ts";
import { align } from "./align.ts";
import { exportTranscript } from "./formats.ts";
import { columnsOf } from "./scripts.ts";

const wordText = fc.oneof(
	fc.constantFrom(
		"a",
		"be",
		"see,",
		"no.",
		"Why?",
		"京都",
		"ไทย",
		"—",
		"<b>",
		"&amp;",
		"-->",
		"1",
		"\u001f",
		"x\r\ny",
	),
	fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
	fc.string({ unit: "binary", minLength: 1, maxLength: 3 }),
	fc.constant("x".repeat(100)),
);
const seconds = fc.double({ min: 0, max: 20, noNaN: true });
const segments = fc
	.array(
		fc.tuple(fc.array(fc.tuple(wordText, seconds), { maxLength: 12 }), seconds, fc.boolean()),
		{ maxLength: 5 },
	)
	.map((parts) => {
		let now = 0;
		return parts.map(([timed, gapSeconds, withWords]): Segment => {
			now += gapSeconds;
			const startSeconds = now;
			const words = timed.map(([text, lengthSeconds]) => {
				const wordStart = now;
				now += lengthSeconds < 0.05 ? 0 : lengthSeconds;
				return { text, startSeconds: wordStart, endSeconds: now };
			});
			const text = timed.map(([word]) => word).join(" ");
			return { text, startSeconds, endSeconds: now, words: withWords ? words : [] };
		});
	});
/** The segments' own text, or one that was edited. */
const input = fc
	.tuple(segments, fc.option(fc.array(wordText, { maxLength: 20 })))
	.map(([timed, edited]) => {
		const text = edited?.join(" ") ?? timed.map((segment) => segment.text).join(" ");
		return exampleInput(text, timed, 100);
	});

const time = /^(\d{2,}):([0-5]\d):([0-5]\d)[,.](\d{3})$/;
function milliseconds(stamp: string): number {
	const [, hours, minutes, wholeSeconds, ms] = time.exec(stamp) ?? assert.fail(stamp);
	return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(wholeSeconds)) * 1000 + Number(ms);
}

/** Reads blocks of cues back as a player would, and fails for anything that is none. */
function parseCues(blocks: string[]) {
	return blocks.map((block) => {
		const [times = "", ...lines] = block.split("\n");
		const [from = "", to = ""] = times.split(" --> ");
		return { startMs: milliseconds(from), endMs: milliseconds(to), lines };
	});
}

function checkCues(cues: ReturnType<typeof parseCues>, hasTimes: boolean) {
	let reachedMs = 0;
	for (const { startMs, endMs, lines } of cues) {
		assert.ok(startMs >= reachedMs, "cues overlap");
		assert.ok(endMs > startMs, "a cue has no length");
		assert.ok(!hasTimes || endMs - startMs <= 7001, "a cue is too long");
		assert.ok(lines.length >= 1 && (!hasTimes || lines.length <= 2), "a cue has too many lines");
		for (const line of lines) {
			assert.ok(line.trim() !== "", "a line is empty");
			assert.ok(columnsOf(line) <= 42, "a line is too wide");
		}
		reachedMs = endMs;
	}
}

const squeeze = (text: string) =>
	// biome-ignore lint/suspicious/noControlCharactersInRegex: exports leave them out
	text.replace(/[\u0000-\u001f\u007f\u0085\s]/g, "");
const unescaped = (text: string) =>
	text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

test("WebVTT reads back with times in order, nothing unescaped, and the whole text in it", () => {
	fc.assert(
		fc.property(input, (given) => {
			const [header, ...blocks] = exportTranscript("vtt", given).trimEnd().split("\n\n");
			assert.equal(header, "WEBVTT");
			const cues = parseCues(blocks);
			const shown = cues.map((cue) => ({ ...cue, lines: cue.lines.map(unescaped) }));
			checkCues(shown, given.transcript.segments.length > 0);
			const lines = cues.flatMap((cue) => cue.lines);
			for (const line of lines) assert.doesNotMatch(line, /[<>]|&(?!amp;|lt;|gt;)/);
			assert.equal(squeeze(unescaped(lines.join(""))), squeeze(given.transcript.text));
		}),
		{ numRuns: 500 },
	);
});

test("SubRip reads back, numbered from 1, with the whole text in it", () => {
	fc.assert(
		fc.property(input, (given) => {
			const blocks = exportTranscript("srt", given)
				.split("\n\n")
				.filter((block) => block !== "");
			const cues = parseCues(
				blocks.map((block, index) => {
					assert.ok(block.startsWith(`${index + 1}\n`));
					return block.slice(block.indexOf("\n") + 1).trimEnd();
				}),
			);
			checkCues(cues, given.transcript.segments.length > 0);
			const lines = cues.flatMap((cue) => cue.lines);
			for (const line of lines) assert.doesNotMatch(line, /-->/);
			const text = given.transcript.text;
			assert.equal(
				squeeze(lines.join("")).replaceAll("→", "-->"),
				squeeze(text).replaceAll("→", "-->"),
			);
		}),
		{ numRuns: 500 },
	);
});

test("every format renders any transcript, ends with one line break, and does not change it", () => {
	fc.assert(
		fc.property(input, fc.constantFrom("txt", "md", "json", "srt", "vtt"), (given, format) => {
			const before = structuredClone(given);
			const rendered = exportTranscript(format, given);
			assert.doesNotMatch(rendered, /\r/);
			assert.ok(rendered === "" || /[^\n]?\n$/.test(rendered));
			assert.deepEqual(given, before);
		}),
	);
});

test("an alignment is increasing, joins equals only, and is complete for equal texts", () => {
	const items = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 20 });
	fc.assert(
		fc.property(items, items, (a, b) => {
			let last = -1;
			for (const [inA, inB] of align(a, b).entries()) {
				if (inB === -1) continue;
				assert.equal(a[inA], b[inB]);
				assert.ok(inB > last);
				last = inB;
			}
			assert.deepEqual([...align(a, a)], [...a.keys()]);
		}),
	);
});
