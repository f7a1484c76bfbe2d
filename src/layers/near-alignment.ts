/**
 * The pairs of equal words in a smallest alignment of two parts, last pair first; null where more
 * than `most` words differ. For each number of differences and each diagonal of the table, how far
 * one gets at most (Ukkonen 1985): time and memory grow with the differences, not with the length.
 */
export function nearPairs(
	a: Int32Array,
	b: Int32Array,
	{ aStart, aEnd, bStart, bEnd }: { aStart: number; aEnd: number; bStart: number; bEnd: number },
	most: number,
): [inA: number, inB: number][] | null {
	const rows = aEnd - aStart;
	const columns = bEnd - bStart;
	const last = columns - rows;
	if (Math.abs(last) > most) return null;
	// reached[d][k + d]: the furthest row on diagonal k (column - row) with d differences; -1: none.
	const reached: Int32Array[] = [];
	for (let d = 0; d <= most; d++) {
		const furthest = new Int32Array(2 * d + 1);
		reached.push(furthest);
		for (let k = -d; k <= d; k++) {
			let row = d === 0 ? 0 : arrive(reached, d, k, rows, columns).row;
			if (row >= 0) {
				while (row < rows && row + k < columns && a[aStart + row] === b[bStart + row + k]) row++;
			}
			furthest[k + d] = row;
			if (k === last && row === rows) {
				return walkBack(reached, d, k, rows, columns).map(([r, c]) => [aStart + r, bStart + c]);
			}
		}
	}
	return null;
}

/**
 * The furthest row to which one more difference leads on diagonal `k`, and the diagonal it comes
 * from. Of two ways that lead equally far, one that leaves a word out has had more equal ones.
 */
function arrive(
	reached: readonly Int32Array[],
	d: number,
	k: number,
	rows: number,
	columns: number,
): { row: number; from: number } {
	const before = reached[d - 1] as Int32Array;
	const at = (diagonal: number) => before[diagonal + d - 1] ?? -1;
	let row = -1;
	let from = k;
	const inserted = at(k - 1);
	if (inserted >= 0 && inserted + k <= columns) [row, from] = [inserted, k - 1];
	const deleted = at(k + 1);
	if (deleted >= 0 && deleted < rows && deleted + 1 > row) [row, from] = [deleted + 1, k + 1];
	const substituted = at(k);
	const hasRoom = substituted >= 0 && substituted < rows && substituted + k < columns;
	if (hasRoom && substituted + 1 > row) [row, from] = [substituted + 1, k];
	return { row, from };
}

function walkBack(
	reached: readonly Int32Array[],
	differences: number,
	diagonal: number,
	rows: number,
	columns: number,
): [row: number, column: number][] {
	const pairs: [number, number][] = [];
	let k = diagonal;
	for (let d = differences; d >= 0; d--) {
		const end = (reached[d] as Int32Array)[k + d] as number;
		const { row, from } = d === 0 ? { row: 0, from: 0 } : arrive(reached, d, k, rows, columns);
		for (let equal = end - 1; equal >= row; equal--) pairs.push([equal, equal + k]);
		k = from;
	}
	return pairs;
}
