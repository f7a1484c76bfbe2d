/** How two sequences are compared; `worth` is null for two that can be no pair. */
export type Comparison = {
	worth(left: number, right: number): number | null;
	/** What each costs that is in no pair: of the left those after the first pair, of the right those before the last. */
	skipped: number;
};

/**
 * The pairs of two sequences, ascending in both, with the highest worth in all (dynamic programming
 * as by Needleman and Wunsch). What lies before the first pair on the left, and after the last on the right, is free.
 */
export function bestPath(
	leftLength: number,
	rightLength: number,
	{ worth, skipped }: Comparison,
): { pairs: [number, number][]; score: number } {
	const width = rightLength + 1;
	const scores = new Float64Array((leftLength + 1) * width);
	const cameFrom = new Uint8Array(scores.length);
	for (let j = 1; j <= rightLength; j++) {
		scores[j] = -j * skipped;
		cameFrom[j] = fromRight;
	}
	for (let i = 1; i <= leftLength; i++) {
		for (let j = 1; j <= rightLength; j++) {
			const at = i * width + j;
			let best = (scores[at - width] ?? 0) - skipped;
			let way = fromLeft;
			const beside = (scores[at - 1] ?? 0) - skipped;
			if (beside > best) [best, way] = [beside, fromRight];
			const pair = worth(i - 1, j - 1);
			const paired = pair === null ? -Infinity : (scores[at - width - 1] ?? 0) + pair;
			if (paired > best) [best, way] = [paired, fromBoth];
			scores[at] = best;
			cameFrom[at] = way;
		}
	}
	const lastRow = leftLength * width;
	let end = lastRow;
	for (let at = lastRow; at < lastRow + width; at++)
		if ((scores[at] ?? 0) > (scores[end] ?? 0)) end = at;
	return { pairs: pairsTo(end, width, cameFrom), score: scores[end] ?? 0 };
}

const fromLeft = 1;
const fromRight = 2;
const fromBoth = 3;

function pairsTo(end: number, width: number, cameFrom: Uint8Array): [number, number][] {
	const pairs: [number, number][] = [];
	let at = end;
	while (at % width > 0) {
		const way = cameFrom[at];
		if (way === fromBoth) {
			pairs.push([Math.floor(at / width) - 1, (at % width) - 1]);
			at -= width + 1;
		} else at -= way === fromLeft ? width : 1;
	}
	return pairs.reverse();
}
