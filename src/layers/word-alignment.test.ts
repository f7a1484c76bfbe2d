import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { edgeCosts } from "./edge-costs.ts";
import { nearPairs } from "./near-alignment.ts";
import { differencesOf } from "./word-alignment.ts";

/** The whole table of distances (Wagner and Fischer 1974): slow, and plainly right. */
function distance(a: readonly unknown[], b: readonly unknown[]): number {
	let row = b.map((_, index) => index + 1);
	row.unshift(0);
	for (const [index, one] of a.entries()) {
		const next = [index + 1];
		for (const [column, other] of b.entries()) {
			const substituted = (row[column] as number) + (one === other ? 0 : 1);
			next.push(
				Math.min(substituted, (row[column + 1] as number) + 1, (next[column] as number) + 1),
			);
		}
		row = next;
	}
	return row.at(-1) as number;
}

function costOf(differences: ReturnType<typeof differencesOf>): number {
	return differences.reduce(
		(sum, { aStart, aEnd, bStart, bEnd }) => sum + Math.max(aEnd - aStart, bEnd - bStart),
		0,
	);
}

function assertLeadsFromTo(a: string[], b: string[]): void {
	const rebuilt: string[] = [];
	let at = 0;
	for (const { aStart, aEnd, bStart, bEnd } of differencesOf(a, b)) {
		rebuilt.push(...a.slice(at, aStart), ...b.slice(bStart, bEnd));
		at = aEnd;
	}
	assert.deepEqual([...rebuilt, ...a.slice(at)], b);
}

const letters = (maxLength: number) =>
	fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength, size: "max" });

test("the differences lead from one text to the other, and there are no fewer that do", () => {
	fc.assert(
		fc.property(letters(40), letters(40), (a, b) => {
			assertLeadsFromTo(a, b);
			assert.equal(costOf(differencesOf(a, b)), distance(a, b));
		}),
		{ numRuns: 1000 },
	);
});

test("texts that differ in most words are aligned as well as small ones", () => {
	const long = fc.array(fc.integer({ min: 0, max: 300 }).map(String), {
		minLength: 400,
		maxLength: 900,
	});
	fc.assert(
		fc.property(long, long, (a, b) => {
			assertLeadsFromTo(a, b);
			assert.equal(costOf(differencesOf(a, b)), distance(a, b));
		}),
		{ numRuns: 20, endOnFailure: true },
	);
});

test("along the diagonals as many pairs are found as the smallest distance leaves, or none are given", () => {
	const numbers = (words: string[]) => Int32Array.from(words, (word) => word.charCodeAt(0));
	fc.assert(
		fc.property(letters(20), letters(20), fc.nat(12), (a, b, most) => {
			const part = { aStart: 0, aEnd: a.length, bStart: 0, bEnd: b.length };
			const pairs = nearPairs(numbers(a), numbers(b), part, most);
			assert.equal(pairs === null, distance(a, b) > most);
			for (const [inA, inB] of pairs ?? []) assert.equal(a[inA], b[inB]);
		}),
		{ numRuns: 1000 },
	);
});

test("32 rows in one number give the distance to every beginning", () => {
	const numbers = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 100, size: "max" });
	fc.assert(
		fc.property(numbers, numbers, (rows, columns) => {
			const costs = edgeCosts(Int32Array.from(rows), Int32Array.from(columns));
			const slow = [0, ...columns].map((_, index) => distance(rows, columns.slice(0, index)));
			assert.deepEqual([...costs], slow);
		}),
		{ numRuns: 200 },
	);
});
