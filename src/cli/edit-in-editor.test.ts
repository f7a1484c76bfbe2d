import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleMetadata } from "../../test/example-metadata.ts";
import type { Recording } from "../recording.ts";
import { pageOf, readPage } from "./edit-in-editor.ts";

const recording: Recording = {
	metadata: exampleMetadata({
		title: "Call",
		description: "About money\nand time",
		tags: ["ana", "work"],
	}),
	transcript: { text: "Title: this line is text.\nSecond.", originalText: "…" },
};

test("a page that was not touched changes nothing", () => {
	assert.deepEqual(readPage(pageOf(recording), recording), {});
	const bare: Recording = {
		metadata: exampleMetadata({ title: null, description: null, tags: [] }),
		transcript: null,
	};
	assert.deepEqual(readPage(pageOf(bare), bare), {});
});

test("only what was changed on the page is asked for", () => {
	const page = pageOf(recording)
		.replace("Title: Call", "Title: Call with Ana")
		.replace("Second.", "Third.");
	assert.deepEqual(readPage(page, recording), {
		title: "Call with Ana",
		text: "Title: this line is text.\nThird.\n",
	});
	assert.deepEqual(readPage(pageOf(recording).replace("ana, work", "ana,home"), recording), {
		tags: ["ana", "home"],
	});
});

test("a page without its fields is not guessed at", () => {
	assert.equal(readPage("just some text", recording), "unreadable");
});
