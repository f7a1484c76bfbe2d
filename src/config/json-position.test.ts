import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonErrorOffset, positionOf } from "./json-position.ts";

test("a missing comma, a trailing comma and an early end are found where they are", () => {
	const at = (text: string) => positionOf(text, jsonErrorOffset(text) ?? -1);
	assert.deepEqual(at('{\n  "a": 1\n  "b": 2\n}'), { line: 3, column: 3 });
	assert.deepEqual(at('{\n  "a": 1,\n}'), { line: 3, column: 1 });
	assert.deepEqual(at('{"a": [1, 2'), { line: 1, column: 12 });
	assert.deepEqual(at(""), { line: 1, column: 1 });
	assert.deepEqual(at("{'a': 1}"), { line: 1, column: 2 });
});

test("an error is found exactly where JSON.parse refuses the text", () => {
	const damaged = fc
		.tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", '"', "}", "]", "x", "0", "\\", ":", " "))
		.map(([json, at, put]) => {
			const offset = at % (json.length + 1);
			return json.slice(0, offset) + put + json.slice(offset + (at % 2));
		});
	fc.assert(
		fc.property(damaged, (text) => {
			let parses = true;
			try {
				JSON.parse(text);
			} catch {
				parses = false;
			}
			assert.equal(jsonErrorOffset(text) === null, parses);
		}),
		{ numRuns: 3000 },
	);
});

test("a hundred thousand open brackets do not overflow the stack", () => {
	assert.equal(jsonErrorOffset("[".repeat(100_000)), 100_000);
});
