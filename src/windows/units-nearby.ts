import { middleOf, type Unit } from "./units.ts";

/** Units that can be looked up by when they were said, without reading all of them. */
export type UnitsByTime = {
	/** Those that begin in a stretch, both ends included. */
	beginningIn(fromSeconds: number, toSeconds: number): Unit[];
	/** True where one has its middle between two moments. */
	hasMiddleBetween(afterSeconds: number, beforeSeconds: number): boolean;
};

export function unitsByTime(units: readonly Unit[]): UnitsByTime {
	const sorted = units.toSorted((a, b) => a.startSeconds - b.startSeconds);
	const starts = Float64Array.from(sorted, (unit) => unit.startSeconds);
	const middles = Float64Array.from(units, middleOf).sort();
	return {
		beginningIn(fromSeconds, toSeconds) {
			const first = firstIndex(starts, (start) => start >= fromSeconds);
			return sorted.slice(
				first,
				firstIndex(starts, (start) => start > toSeconds),
			);
		},
		hasMiddleBetween(afterSeconds, beforeSeconds) {
			const first = firstIndex(middles, (middle) => middle > afterSeconds);
			return (middles[first] ?? Infinity) < beforeSeconds;
		},
	};
}

/** The first from which on something holds. */
function firstIndex(sorted: Float64Array, holds: (seconds: number) => boolean): number {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (holds(sorted[middle] as number)) high = middle;
		else low = middle + 1;
	}
	return low;
}
