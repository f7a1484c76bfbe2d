import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sampleRecording } from "../../test/sample-recording.ts";
import { attachment, downloadName } from "./attachment.ts";

const named = (title: string | null) => downloadName(sampleRecording(1, { title }).metadata, "wav");

test("a file is called by its title, in both spellings of the header", () => {
	assert.equal(
		attachment(named('Über "Wachs"/CON')),
		`attachment; filename="Uber -Wachs--CON.wav"; filename*=UTF-8''%C3%9Cber%20-Wachs--CON.wav`,
	);
	assert.equal(named("../../etc/passwd"), "-..-etc-passwd.wav");
	const { name } = sampleRecording(1).metadata;
	for (const empty of [null, "", " . ", "\u202e\u0000"]) assert.equal(named(empty), `${name}.wav`);
});

test("no title can end the header, leave the folder or hide its ending", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary", maxLength: 400 }), (title) => {
			const file = named(title);
			assert.match(file, /^[^/\\\p{Cc}\u202a-\u202e\u2066-\u2069]+\.wav$/u);
			assert.ok([...file].length <= 124);
			const header = attachment(file);
			assert.match(header, /^attachment; filename="[ !#-[\]-~]*"; filename\*=UTF-8''[\w.!~%-]+$/);
			assert.equal(decodeURIComponent(header.split("''")[1] ?? ""), file);
		}),
	);
});
