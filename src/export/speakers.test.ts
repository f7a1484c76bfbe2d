import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exampleInput, exampleSegment } from "../../test/example-transcript.ts";
import type { Segment } from "../transcript.ts";
import type { ExportInput } from "./exporter.ts";
import { exportTranscript } from "./formats.ts";
import { saidBy } from "./said-by.ts";

const by = (speaker: string, segment: Segment): Segment => ({ ...segment, speaker });

function talk(speakerNames: Record<string, string>, segments?: Segment[]): ExportInput {
	const spoken = segments ?? [
		by("S1", exampleSegment("Shall we begin?", 0)),
		by("S2", exampleSegment("Yes.", 2)),
		by("S2", exampleSegment("The budget first.", 3)),
		by("S1", exampleSegment("Good.", 6)),
	];
	const input = exampleInput(spoken.map(({ text }) => text).join(" "), spoken);
	return { ...input, transcript: { ...input.transcript, speakerNames } };
}

const named = talk({ S1: "Anna", S2: "Dr. Who" });

test("plain text has a line for each turn, by name, else by label", () => {
	assert.equal(
		exportTranscript("txt", named),
		"Anna: Shall we begin?\nDr. Who: Yes. The budget first.\nAnna: Good.\n",
	);
	assert.match(exportTranscript("txt", talk({})), /^S1: Shall we begin\?\nS2: Yes\./);
});

test("two labels with one name are one person", () => {
	assert.equal(
		exportTranscript("txt", talk({ S1: "Anna", S2: "Anna" })),
		"Anna: Shall we begin? Yes. The budget first. Good.\n",
	);
});

test("one person whom nobody named is not told of; one with a name is", () => {
	const alone = [by("S1", exampleSegment("A memo.", 0)), exampleSegment("To myself.", 2)];
	assert.equal(exportTranscript("txt", talk({}, alone)), "A memo. To myself.\n");
	assert.equal(exportTranscript("txt", talk({ S1: "I" }, alone)), "I: A memo.\nTo myself.\n");
	assert.doesNotMatch(exportTranscript("vtt", talk({}, alone)), /<v /);
});

test("WebVTT has a voice in every cue, and no cue is two people's", () => {
	const cues = exportTranscript("vtt", named).trimEnd().split("\n\n").slice(1);
	assert.deepEqual(
		cues.map((cue) => cue.split("\n").slice(1).join(" ")),
		["<v Anna>Shall we begin?", "<v Dr. Who>Yes. The budget first.", "<v Anna>Good."],
	);
});

test("SubRip says who speaks where they begin", () => {
	const long = talk({ S1: "Anna" }, [
		by("S1", exampleSegment(`${"so ".repeat(20).trim()}.`, 0)),
		by("S2", exampleSegment("Oh.", 12)),
	]);
	const texts = exportTranscript("srt", long)
		.trimEnd()
		.split("\n\n")
		.map((cue) => cue.split("\n").slice(2).join(" "));
	assert.match(texts[0] ?? "", /^Anna: so/);
	assert.ok(texts.length > 2);
	for (const text of texts.slice(1, -1)) assert.doesNotMatch(text, /Anna/);
	assert.equal(texts.at(-1), "S2: Oh.");
});

test("Markdown sets names in bold before the paragraph that they begin", () => {
	assert.match(
		exportTranscript("md", named),
		/\n\n\*\*Anna:\*\* Shall we begin\?\n\n\*\*Dr\. Who:\*\* Yes\. The budget first\.\n\n\*\*Anna:\*\* Good\.\n$/,
	);
});

test("JSON has labels on the segments, and the names", () => {
	const document = JSON.parse(exportTranscript("json", named));
	assert.deepEqual(document.speakerNames, { S1: "Anna", S2: "Dr. Who" });
	assert.equal(document.segments[1].speaker, "S2");
});

test("an edited text is exported as it was edited, by who says it", () => {
	const { transcript, metadata } = named;
	const text = "Shall we\n\nbegin? Yes. The budget first. Good.";
	assert.equal(
		exportTranscript("txt", { metadata, transcript: { ...transcript, text } }),
		"Anna: Shall we\n\nbegin?\nDr. Who: Yes. The budget first.\nAnna: Good.\n",
	);
});

test("where the text is not the segments', it is exported without names", () => {
	const { transcript, metadata } = named;
	const input = { metadata, transcript: { ...transcript, text: "Something else." } };
	assert.equal(exportTranscript("txt", input), "Something else.\n");
});

test("no name can break out of its place in any format", () => {
	const name = fc.oneof(
		fc.string({ unit: "binary", maxLength: 60 }),
		fc
			.array(
				fc.constantFrom("-->", "<b>", "</v>", "&", "\n", "\r\n", "\n\n", "{\\an8}", "**", "[x](y)"),
				{ maxLength: 6 },
			)
			.map((parts) => parts.join("")),
	);
	fc.assert(
		fc.property(name, fc.constantFrom("__proto__", "S1", "toString"), (hostile, label) => {
			const segments = [
				by(label, exampleSegment("Begin now.", 0)),
				by("S2", exampleSegment("Yes.", 4)),
			];
			const input = talk({ [label]: hostile, S2: "Ben" }, segments);
			const vtt = exportTranscript("vtt", input).trimEnd().split("\n\n");
			assert.equal(vtt.length, 3);
			for (const cue of vtt.slice(1)) {
				const [times = "", said = "", ...more] = cue.split("\n");
				assert.match(times, /^[\d:.]+ --> [\d:.]+$/);
				assert.match(said, /^<v [^<>\n]*>[^<>]+$/);
				assert.deepEqual(more, []);
			}
			const srt = exportTranscript("srt", input).trimEnd().split("\n\n");
			assert.equal(srt.length, 2);
			for (const cue of srt) assert.doesNotMatch(cue.split("\n").slice(2).join(""), /[<>{}]/);
			assert.equal(exportTranscript("txt", input).split("\n").length, 3);
			assert.equal(exportTranscript("md", input).trimEnd().split("\n\n").length, 4);
		}),
		{ numRuns: 300 },
	);
});

test("whoever says what, all of the text is said once and in its order", () => {
	const label = fc.constantFrom("S1", "S2", "S3", undefined);
	const part = fc.tuple(fc.constantFrom("one", "two three.", " four ", "五", "\u0000"), label);
	fc.assert(
		fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
			const segments = parts.map(([text, speaker], i): Segment => {
				const segment = { text, startSeconds: i, endSeconds: i + 1, words: [] };
				return speaker === undefined ? segment : { ...segment, speaker };
			});
			const input = talk({ S3: "Anna" }, segments);
			const squeezed = (text: string) => text.replace(/[\s\0]/g, "");
			const said = saidBy(input).map(({ text }) => text);
			assert.equal(squeezed(said.join("")), squeezed(input.transcript.text));
		}),
	);
});
