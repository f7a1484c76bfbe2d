import { bestPath } from "./best-path.ts";
import { middleOf, type Unit } from "./units.ts";

/** Two windows may tell one word's time so differently, and no more. */
const sameWordSeconds = 0.5;

/** Usual differences are well under this: beyond, a pair counts little, and a nearer one is preferred. */
const usualDifferenceSeconds = 0.3;
const leastWorth = 0.05;

/**
 * Which words of one window are which of the next, in what both heard: the same text at the same
 * time, in the same order. Pairs of indexes, ascending. Nearness counts more than number, so that of
 * `no no no` each is paired with itself and not with its neighbour.
 */
export function alignByTime(left: readonly Unit[], right: readonly Unit[]): [number, number][] {
	return bestPath(left.length, right.length, {
		worth(i, j) {
			const a = left[i] as Unit;
			const b = right[j] as Unit;
			if (a.key === "" || a.key !== b.key) return null;
			const apart = Math.abs(middleOf(a) - middleOf(b));
			if (apart > sameWordSeconds) return null;
			return Math.max(leastWorth, 1 - apart / usualDifferenceSeconds);
		},
		skipped: 0,
	}).pairs;
}
