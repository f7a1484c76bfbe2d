import { useCallback, useMemo, useState } from "react";

export type Selection = {
	names: ReadonlySet<string>;
	/** `index` in the list that is shown; with `isRange` everything from the last one to it. */
	toggle: (index: number, isRange: boolean) => void;
	clear: () => void;
	all: () => void;
};

/** @param shown the names, in the order in which they stand there */
export function useSelection(shown: readonly string[]): Selection {
	const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
	const [last, setLast] = useState<string | null>(null);
	// What is not shown any more cannot be acted on by mistake.
	const names = useMemo(() => {
		const there = new Set(shown);
		return new Set([...picked].filter((name) => there.has(name)));
	}, [picked, shown]);
	const toggle = useCallback(
		(index: number, isRange: boolean) => {
			const name = shown[index];
			if (name === undefined) return;
			const from = last === null ? -1 : shown.indexOf(last);
			setPicked((before) => {
				const after = new Set(before);
				if (isRange && from !== -1) {
					for (const one of shown.slice(Math.min(from, index), Math.max(from, index) + 1)) {
						after.add(one);
					}
				} else if (!after.delete(name)) after.add(name);
				return after;
			});
			setLast(name);
		},
		[shown, last],
	);
	const clear = useCallback(() => setPicked(new Set()), []);
	const all = useCallback(() => setPicked(new Set(shown)), [shown]);
	return { names, toggle, clear, all };
}
