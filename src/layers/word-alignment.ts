import { edgeCosts } from "./edge-costs.ts";
import { nearPairs } from "./near-alignment.ts";

/** A stretch in which two texts differ: `a` from `aStart` up to `aEnd` stands for `b`'s stretch. */
export type Difference = { aStart: number; aEnd: number; bStart: number; bEnd: number };

/** So many differences are looked for along the diagonals; the memory for it is this squared, times four. */
const mostNearDifferences = 256;

/**
 * Where two sequences of words differ, by a smallest possible number of substitutions, deletions
 * and insertions (Levenshtein). Where few words differ, along the diagonals (Ukkonen, "Algorithms
 * for approximate string matching", 1985); else the first sequence is halved where a smallest
 * alignment crosses its middle (Hirschberg, CACM 18, 1975), which is found 32 rows at a time
 * (Myers, JACM 46, 1999). Memory grows with the length, never with its square.
 */
export function differencesOf(a: readonly string[], b: readonly string[]): Difference[] {
	const numbers = new Map<string, number>();
	const numbered = (words: readonly string[]) =>
		Int32Array.from(words, (word) => {
			const number = numbers.get(word) ?? numbers.size;
			numbers.set(word, number);
			return number;
		});
	const matched = new Int32Array(a.length).fill(-1);
	match(numbered(a), numbered(b), matched);
	return gapsBetween(matched, b.length);
}

function match(a: Int32Array, b: Int32Array, matched: Int32Array): void {
	const parts: Difference[] = [{ aStart: 0, aEnd: a.length, bStart: 0, bEnd: b.length }];
	for (let part = parts.pop(); part; part = parts.pop()) {
		let { aStart, aEnd, bStart, bEnd } = part;
		while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) matched[aStart++] = bStart++;
		while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) matched[--aEnd] = --bEnd;
		if (aStart === aEnd || bStart === bEnd) continue;
		if (aEnd - aStart === 1) {
			const found = b.subarray(bStart, bEnd).indexOf(a[aStart] as number);
			if (found !== -1) matched[aStart] = bStart + found;
			continue;
		}
		const inner = { aStart, aEnd, bStart, bEnd };
		const pairs = nearPairs(a, b, inner, mostNearDifferences);
		if (pairs !== null) {
			for (const [inA, inB] of pairs) matched[inA] = inB;
			continue;
		}
		const aMiddle = (aStart + aEnd) >> 1;
		const bMiddle = crossing(a, b, inner, aMiddle);
		parts.push({ aStart, aEnd: aMiddle, bStart, bEnd: bMiddle });
		parts.push({ aStart: aMiddle, aEnd, bStart: bMiddle, bEnd });
	}
}

/** Where in `b` a smallest alignment of the part is when it leaves `aMiddle`. */
function crossing(a: Int32Array, b: Int32Array, part: Difference, aMiddle: number): number {
	const { aStart, aEnd, bStart, bEnd } = part;
	const columns = b.subarray(bStart, bEnd);
	const above = edgeCosts(a.subarray(aStart, aMiddle), columns);
	const below = edgeCosts(a.slice(aMiddle, aEnd).reverse(), columns.slice().reverse());
	let best = 0;
	const costAt = (index: number) => (above[index] ?? 0) + (below[columns.length - index] ?? 0);
	for (let index = 1; index <= columns.length; index++) {
		if (costAt(index) < costAt(best)) best = index;
	}
	return bStart + best;
}

function gapsBetween(matched: Int32Array, bLength: number): Difference[] {
	const gaps: Difference[] = [];
	let aStart = 0;
	let bStart = 0;
	for (let index = 0; index <= matched.length; index++) {
		const inB = index === matched.length ? bLength : (matched[index] as number);
		if (inB === -1) continue;
		if (index > aStart || inB > bStart) gaps.push({ aStart, aEnd: index, bStart, bEnd: inB });
		[aStart, bStart] = [index + 1, inB + 1];
	}
	return gaps;
}
