import type { SpokenBy } from "../recording.ts";
import { type Term, termStandsAt } from "./query.ts";
import { wordsOf } from "./words.ts";

/** UTF-16 offsets into a text: `[start, end)`. */
export type Range = [number, number];

/** Whether these words stand in what somebody is called, by name or label. */
export function isCalled({ label, name }: SpokenBy, term: Term): boolean {
	return [label, name ?? ""].some((called) => {
		const words = wordsOf(called);
		return words.some((_, at) => termStandsAt(term, words, at));
	});
}

/**
 * Where those speak who are called so, in the order of the text; who has two labels is one person.
 * Null unless each of the terms calls somebody.
 */
export function spokenRanges(
	terms: readonly Term[],
	speakers: readonly SpokenBy[],
): Range[] | null {
	const meant = new Set<SpokenBy>();
	for (const term of terms) {
		const called = speakers.filter((speaker) => isCalled(speaker, term));
		if (called.length === 0) return null;
		for (const one of called) meant.add(one);
	}
	const ranges = [...meant].flatMap((speaker) => speaker.ranges).sort(([a], [b]) => a - b);
	const merged: Range[] = [];
	for (const [start, end] of ranges) {
		const last = merged.at(-1);
		if (last && start <= last[1]) last[1] = Math.max(last[1], end);
		else merged.push([start, end]);
	}
	return merged;
}
