/**
 * How many substitutions, deletions and insertions lead from all of `rows` to each beginning of
 * `columns`, the empty one first. The table of distances is gone through column by column, 32 rows
 * in one number: only the steps from row to row are kept, as one bit for +1 and one for -1 (Myers,
 * "A fast bit-vector algorithm for approximate string matching", JACM 46, 1999; in blocks as in
 * Hyyrö 2003).
 */
export function edgeCosts(rows: Int32Array, columns: Int32Array): Int32Array {
	const costs = new Int32Array(columns.length + 1);
	costs[0] = rows.length;
	if (rows.length === 0) return costs.map((_, index) => index);
	const blocks = Math.ceil(rows.length / 32);
	const up = new Int32Array(blocks).fill(-1);
	const down = new Int32Array(blocks);
	const equal = new Int32Array(blocks);
	const places = placesOf(rows);
	const lastRow = (rows.length - 1) & 31;
	let cost = rows.length;
	for (let column = 0; column < columns.length; column++) {
		const own = places.get(columns[column] as number) ?? none;
		for (const row of own) equal[row >> 5] = (equal[row >> 5] as number) | (1 << (row & 31));
		// Step from the column before in the row above the block; above the first row it is always +1.
		let step = 1;
		for (let block = 0; block < blocks; block++) {
			const eq = equal[block] as number;
			const pv = up[block] as number;
			const mv = down[block] as number;
			const xv = eq | mv;
			const eqh = step < 0 ? eq | 1 : eq;
			const xh = ((((eqh & pv) + pv) | 0) ^ pv) | eqh;
			let ph = mv | ~(xh | pv);
			let mh = pv & xh;
			const row = block === blocks - 1 ? lastRow : 31;
			const stepBelow = ((ph >>> row) & 1) - ((mh >>> row) & 1);
			ph = (ph << 1) | (step > 0 ? 1 : 0);
			mh = (mh << 1) | (step < 0 ? 1 : 0);
			up[block] = mh | ~(xv | ph);
			down[block] = ph & xv;
			step = stepBelow;
		}
		for (const row of own) equal[row >> 5] = 0;
		cost += step;
		costs[column + 1] = cost;
	}
	return costs;
}

const none: readonly number[] = [];

function placesOf(rows: Int32Array): Map<number, number[]> {
	const places = new Map<number, number[]>();
	for (const [row, word] of rows.entries()) {
		const own = places.get(word);
		if (own) own.push(row);
		else places.set(word, [row]);
	}
	return places;
}
