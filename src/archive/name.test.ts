import assert from "node:assert/strict";
import { test } from "node:test";
import { isName, newName } from "./name.ts";

test("names made in one process are all different and rise with time", () => {
	const names = Array.from({ length: 5000 }, () => newName().name);
	assert.equal(new Set(names.map((name) => name.slice(0, 26))).size, names.length);
	assert.deepEqual(names, [...names].sort());
});

test("a name says when, in UTC, to the microsecond", () => {
	const { name, createdAt } = newName(new Date("2026-03-04T05:06:07.089Z"));
	assert.match(name, /^2026-03-04_05-06-07\.089000_[0-9a-z]{6}$/);
	assert.equal(createdAt, "2026-03-04T05:06:07.089000Z");
});

test("nothing that could lead out of a folder is a name", () => {
	for (const text of ["", ".", "..", "../x", "2026-03-04_05-06-07.089000_abc/de", "CON"]) {
		assert.equal(isName(text), false, text);
	}
	assert.ok(isName("2026-03-04_05-06-07.089000_abcde0"));
	assert.equal(isName("2026-03-04_05-06-07.089000_abcde0\n"), false);
});
