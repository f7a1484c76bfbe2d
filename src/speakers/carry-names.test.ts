import assert from "node:assert/strict";
import { test } from "node:test";
import { carryNames } from "./carry-names.ts";
import type { LabelledTurn } from "./speaker-turns.ts";

const turns = (...all: [speaker: string, from: number, to: number][]): LabelledTurn[] =>
	all.map(([speaker, startSeconds, endSeconds]) => ({ startSeconds, endSeconds, speaker }));

test("a name goes to the label that stands where its own one stood", () => {
	const before = turns(["S1", 0, 5], ["S2", 5, 9], ["S1", 9, 12]);
	const after = turns(["S1", 0, 1], ["S2", 1, 5], ["S3", 5, 9], ["S2", 9, 12]);
	assert.deepEqual(carryNames({ S1: "Anna", S2: "Ben" }, before, after), { S2: "Anna", S3: "Ben" });
});

test("of two who are one now, the name of who speaks for longer stays", () => {
	const before = turns(["S1", 0, 2], ["S2", 2, 9]);
	assert.deepEqual(carryNames({ S1: "Anna", S2: "Ben" }, before, turns(["S1", 0, 9])), {
		S1: "Ben",
	});
});

test("the same turns leave the names as they are, and nobody's name stays nowhere", () => {
	const same = turns(["S1", 0, 5], ["S2", 5, 9]);
	assert.deepEqual(carryNames({ S1: "Anna", S2: "Ben" }, same, same), { S1: "Anna", S2: "Ben" });
	assert.deepEqual(carryNames({ S1: "Anna", S9: "Nobody" }, same, turns(["S1", 20, 30])), {});
	assert.deepEqual(carryNames({}, same, same), {});
});
