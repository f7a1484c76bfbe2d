import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { openOutput } from "./output.ts";

/** A terminal of so many columns, as far as output looks at one. */
function terminal(columns: number) {
	const stream = Object.assign(new PassThrough(), { isTTY: true, columns });
	return stream as unknown as NodeJS.WriteStream & { read(): Buffer | null };
}

test("the line at the bottom stays one line on a terminal of any width", () => {
	for (const columns of [1, 2, 7, 20, 39, 80]) {
		const stderr = terminal(columns);
		const output = openOutput(false, { stdout: terminal(columns), stderr });
		output.progress("Opening the microphone, which takes its time on some machines");
		const shown = stripVTControlCharacters(String(stderr.read() ?? "")).replace("\r", "");
		assert.ok(shown.length < columns, `${columns}: ${shown}`);
	}
});

test("a terminal that does not say how wide it is counts as an ordinary one", () => {
	assert.equal(openOutput(false, { stdout: terminal(0), stderr: terminal(0) }).err.columns, 80);
});
