/** One measured line: ours against a peer in the same run; `peer` is null where the target is absolute. */
export type Row = {
	what: string;
	ours: number;
	peer: number | null;
	/** What is held against the target: `ours / peer`, or `ours` itself where there is no peer. */
	ratio: number;
	target: number;
	/** `at least` for throughput, else `at most`. */
	bound?: "at least";
	unit: string;
};

export function meets(row: Row): boolean {
	return row.bound === "at least" ? row.ratio >= row.target : row.ratio <= row.target;
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2
		? (sorted[middle] as number)
		: ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/**
 * Ours and the peer in turn, so that a busy moment of the machine hits both; medians of seconds, and
 * the median of the ratios pair by pair.
 */
export async function inTurn(
	rounds: number,
	ours: () => Promise<number>,
	peer: () => Promise<number>,
): Promise<{ ours: number; peer: number; ratio: number }> {
	const pairs: { ours: number; peer: number }[] = [];
	for (let round = 0; round < rounds; round += 1) {
		const peerSeconds = await peer();
		pairs.push({ ours: await ours(), peer: peerSeconds });
	}
	return {
		ours: median(pairs.map((pair) => pair.ours)),
		peer: median(pairs.map((pair) => pair.peer)),
		ratio: median(pairs.map((pair) => pair.ours / pair.peer)),
	};
}
