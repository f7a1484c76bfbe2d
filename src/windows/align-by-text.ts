import { isUnspaced } from "../catalogue/words.ts";
import { bestPath } from "./best-path.ts";
import type { Unit } from "./units.ts";

/** A word that the other side has not, or has otherwise: cut off at the edge, or misheard. */
const skippedCost = 0.3;

/** One word in common with at most two that are not, or more in like proportion. */
const leastScore = 0.35;

/** Characters say less than words: three of them count as one. */
const charactersPerWord = 3;

/**
 * Where the end of one text is the beginning of the next, both having heard the same: the longest match of
 * a suffix with a prefix, with a few words in it that differ. Pairs of indexes, ascending; none
 * where they have nothing in common.
 *
 * Semi-global alignment, as overlaps of gene sequences are found: what goes before in `left` and what follows
 * in `right` costs nothing, everything else that is not paired does.
 */
export function alignByText(left: readonly Unit[], right: readonly Unit[]): [number, number][] {
	const a = spoken(left);
	const b = spoken(right);
	const grain = b.some(({ unit }) => isUnspaced(unit.key)) ? charactersPerWord : 1;
	const { pairs, score } = bestPath(a.length, b.length, {
		worth: (i, j) => (a[i]?.unit.key === b[j]?.unit.key ? 1 / grain : null),
		skipped: skippedCost / grain,
	});
	if (score < leastScore) return [];
	return pairs.map(([i, j]) => [a[i]?.index ?? 0, b[j]?.index ?? 0]);
}

function spoken(units: readonly Unit[]): { unit: Unit; index: number }[] {
	return units.map((unit, index) => ({ unit, index })).filter(({ unit }) => unit.key !== "");
}
