import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleInput, exampleSegment } from "../../test/example-transcript.ts";
import { exporterOf, exportFormats, exportTranscript } from "./formats.ts";
import { spokenDuration, subtitleTimestamp } from "./timestamp.ts";

test("times are written to the millisecond, past a hundred hours too", () => {
	assert.equal(subtitleTimestamp(0, ","), "00:00:00,000");
	assert.equal(subtitleTimestamp(3_723_004, "."), "01:02:03.004");
	assert.equal(subtitleTimestamp(360_000_000 + 59_999, ","), "100:00:59,999");
	assert.equal(spokenDuration(59.6), "1:00");
	assert.equal(spokenDuration(3723), "1:02:03");
});

const speech = exampleInput("Tom & <b>Ann</b> --> here.\r\n", [
	exampleSegment("Tom & <b>Ann</b> --> here.", 0.0004),
]);

test("WebVTT escapes its markup, SubRip has none to escape but the arrow", () => {
	assert.equal(
		exportTranscript("vtt", speech),
		"WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nTom &amp; &lt;b&gt;Ann&lt;/b&gt; --&gt; here.\n",
	);
	assert.equal(
		exportTranscript("srt", speech),
		"1\n00:00:00,000 --> 00:00:02,500\nTom & <b>Ann</b> → here.\n",
	);
	assert.equal(exportTranscript("srt", exampleInput("")), "");
	assert.equal(exportTranscript("vtt", exampleInput("")), "WEBVTT\n");
});

test("Markdown shows the text as it was said: nothing in it becomes markup", () => {
	const given = exampleInput("# one\n1. two * _x_ [y](z) <b> &amp;\n- three");
	assert.equal(
		exportTranscript("md", given),
		[
			"# A \\*title\\* #1",
			"- Recorded: 2026-11-20T18:51:48.123Z\n- Duration: 1:00\n- Tags: one, two\n- Language: en\n- Engine: sphinx",
			"\\# one",
			"1\\. two \\* \\_x\\_ \\[y\\](z) \\<b\\> \\&amp;",
			"\\- three\n",
		].join("\n\n"),
	);
});

test("Markdown begins a paragraph after a long silence", () => {
	const segments = [exampleSegment("one two", 0), exampleSegment("three four", 5)];
	assert.match(
		exportTranscript("md", exampleInput("one two three four", segments)),
		/one two\n\nthree four\n$/,
	);
});

test("plain text has LF only, and JSON the text with its times", () => {
	assert.equal(exportTranscript("txt", exampleInput("one\r\ntwo\u0007 ")), "one\ntwo\n");
	const document = JSON.parse(exportTranscript("json", speech));
	assert.equal(document.text, speech.transcript.text);
	assert.deepEqual(document.segments, speech.transcript.segments);
	assert.equal(document.durationSeconds, 60);
});

test("each format says its extension, and an unknown one is refused by name", () => {
	assert.deepEqual(exportFormats, ["txt", "srt", "vtt", "md", "json"]);
	for (const format of exportFormats) assert.equal(exporterOf(format).extension, format);
	for (const format of ["docx", "toString", "__proto__"]) {
		assert.throws(() => exporterOf(format), { code: "ERR_UNSUPPORTED" });
	}
});
