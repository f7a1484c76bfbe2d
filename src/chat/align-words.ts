/** A stretch of one side that the other side has nothing for. */
export type Unmatched = {
	/** Index of its first word, and of the first one after it. */
	from: number;
	to: number;
	/** Where it would stand on the other side. */
	at: number;
};

/**
 * The longest common subsequence of two short lists of words, as what is left over on both sides
 * (Wagner and Fischer, "The string-to-string correction problem", JACM 21, 1974). Takes as many
 * steps, and two bytes each, as the lists' lengths multiplied: for pieces of a text, not for whole ones.
 */
export function alignWords(
	a: readonly string[],
	b: readonly string[],
): { onlyA: Unmatched[]; onlyB: Unmatched[] } {
	const width = b.length + 1;
	// lengths[i * width + j]: of the longest one in a from i and b from j.
	const lengths = new Uint16Array((a.length + 1) * width);
	for (let i = a.length - 1; i >= 0; i--) {
		for (let j = b.length - 1; j >= 0; j--) {
			const here = i * width + j;
			const next = lengths[here + width + 1] ?? 0;
			const longer = Math.max(lengths[here + width] ?? 0, lengths[here + 1] ?? 0);
			lengths[here] = a[i] === b[j] ? next + 1 : longer;
		}
	}
	const onlyA: Unmatched[] = [];
	const onlyB: Unmatched[] = [];
	let [i, j] = [0, 0];
	while (i < a.length || j < b.length) {
		if (i < a.length && j < b.length && a[i] === b[j]) {
			i += 1;
			j += 1;
			continue;
		}
		const down = i < a.length ? (lengths[(i + 1) * width + j] ?? 0) : -1;
		const right = j < b.length ? (lengths[i * width + j + 1] ?? 0) : -1;
		if (down >= right) extend(onlyA, i++, j);
		else extend(onlyB, j++, i);
	}
	return { onlyA, onlyB };
}

/** Words that follow one another are one stretch, also where the other side lacks some as well. */
function extend(stretches: Unmatched[], index: number, at: number): void {
	const last = stretches.at(-1);
	if (last?.to === index) last.to = index + 1;
	else stretches.push({ from: index, to: index + 1, at });
}
