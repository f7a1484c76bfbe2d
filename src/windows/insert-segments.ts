import type { Segment } from "../transcript.ts";
import { cutSegment } from "./cut-segment.ts";
import { middleOf, unitsOf } from "./units.ts";

/**
 * Puts segments among others, each where its time says; a segment that goes on before and after one
 * is cut in two, if it has word times.
 */
export function insertSegments(into: readonly Segment[], parts: readonly Segment[]): Segment[] {
	const result = [...into];
	for (const part of parts) {
		const at = middleOf(part);
		const index = result.findIndex((one) => lastMiddle(one) > at);
		const next = result[index];
		if (next === undefined) {
			result.push(part);
			continue;
		}
		const units = unitsOf(next);
		const before = next.words.length > 0 ? units.filter((unit) => middleOf(unit) <= at).length : 0;
		const pieces = [
			cutSegment(next, units, 0, before),
			part,
			cutSegment(next, units, before, units.length),
		];
		result.splice(index, 1, ...pieces.filter((one) => one !== null));
	}
	return result;
}

function lastMiddle(segment: Segment): number {
	return middleOf(segment.words.at(-1) ?? segment);
}
