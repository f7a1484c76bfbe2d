/**
 * Which items of `a` are which of `b`, in order: for each item of `a` its index in `b`, or -1.
 * Patience diff (Bram Cohen): what both begin and end with is the same; between, the items that
 * occur once on both sides are matched by their longest common order, and each gap between those
 * is looked at again. Near-linear, where a full comparison of two long texts is not.
 */
export function align(a: readonly string[], b: readonly string[]): Int32Array {
	const matched = new Int32Array(a.length).fill(-1);
	const gaps = [{ a0: 0, a1: a.length, b0: 0, b1: b.length }];
	for (let gap = gaps.pop(); gap; gap = gaps.pop()) {
		let { a0, a1, b0, b1 } = gap;
		while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) matched[a0++] = b0++;
		while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) matched[--a1] = --b1;
		if (a0 === a1 || b0 === b1) continue;
		const anchors = longestIncreasing(commonUniques(a, b, { a0, a1, b0, b1 }));
		if (anchors.length === 0) continue;
		for (const [inA, inB] of anchors) {
			gaps.push({ a0, a1: inA, b0, b1: inB });
			matched[inA] = inB;
			[a0, b0] = [inA + 1, inB + 1];
		}
		gaps.push({ a0, a1, b0, b1 });
	}
	return matched;
}

type Gap = { a0: number; a1: number; b0: number; b1: number };
type Pair = [inA: number, inB: number];

/** Items that occur once in each half of the gap, in the order of `a`. */
function commonUniques(a: readonly string[], b: readonly string[], gap: Gap): Pair[] {
	const inA = uniques(a, gap.a0, gap.a1);
	const inB = uniques(b, gap.b0, gap.b1);
	const pairs: Pair[] = [];
	for (const [item, index] of inA) {
		const other = inB.get(item);
		if (index !== -1 && other !== undefined && other !== -1) pairs.push([index, other]);
	}
	return pairs.sort(([x], [y]) => x - y);
}

function uniques(items: readonly string[], from: number, to: number): Map<string, number> {
	const found = new Map<string, number>();
	for (let index = from; index < to; index++) {
		const item = items[index] as string;
		found.set(item, found.has(item) ? -1 : index);
	}
	return found;
}

/** The longest run of pairs whose second half increases as the first does (patience sorting). */
function longestIncreasing(pairs: readonly Pair[]): Pair[] {
	const tops: number[] = [];
	const before = new Int32Array(pairs.length).fill(-1);
	for (const [index, [, inB]] of pairs.entries()) {
		let low = 0;
		let high = tops.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((pairs[tops[middle] as number] as Pair)[1] < inB) low = middle + 1;
			else high = middle;
		}
		before[index] = low > 0 ? (tops[low - 1] as number) : -1;
		tops[low] = index;
	}
	const run: Pair[] = [];
	for (let index = tops.at(-1) ?? -1; index !== -1; index = before[index] as number) {
		run.push(pairs[index] as Pair);
	}
	return run.reverse();
}
