import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, integer, property, string } from "fast-check";
import { changeLines } from "./change-line.ts";
import type { Sheet } from "./output.ts";
import { displayWidth } from "./width.ts";

const sheet = (columns: number, isTerminal = true): Sheet => ({
	...{ isTerminal, columns, width: Math.max(40, columns) },
	paint: (style, text) => `<${style}>${text}</>`,
});
const change = {
	...{ context: "today we use", removed: "cooper netties", added: "Kubernetes" },
	...{ following: "for all of", startSeconds: 83 },
};
const withoutColours = (line: string) => line.replace(/<(dim|red|green)>|<\/>/g, "");

test("a change that fits is one line, and so is each where nobody looks at columns", () => {
	const line =
		"<dim>    1:23</>  <dim>…today we use</> <red>[-cooper netties-]</> <green>{+Kubernetes+}</> <dim>for all of…</>";
	assert.deepEqual(changeLines(sheet(80), change, true), [line]);
	assert.deepEqual(changeLines(sheet(30, false), change, true), [line]);
});

test("on a narrow terminal a change goes on under where it began, each word in its colour", () => {
	assert.deepEqual(changeLines(sheet(30), change, true), [
		"<dim>    1:23</>  <dim>…today we use</>",
		"          <red>[-cooper netties-]</>",
		"          <green>{+Kubernetes+}</> <dim>for</>",
		"          <dim>all of…</>",
	]);
});

test("no line of a change is wider than the terminal, and no word of it is lost", () => {
	const words = string({ unit: "grapheme", maxLength: 60 });
	const columns = integer({ min: 18, max: 60 });
	check(
		property(words, words, words, columns, (context, removed, added, width) => {
			const some = { context, removed, added, following: "", startSeconds: null };
			const lines = changeLines(sheet(width), some, true).map(withoutColours);
			for (const line of lines) assert.ok(displayWidth(line) <= width, line);
			const [whole = ""] = changeLines(sheet(width, false), some, true).map(withoutColours);
			const bare = (text: string) => text.replace(/\s/g, "");
			assert.equal(bare(lines.join("")), bare(whole));
		}),
	);
});
