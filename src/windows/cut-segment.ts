import type { Segment } from "../transcript.ts";
import { joinTexts } from "./join-texts.ts";
import type { Unit } from "./units.ts";

/**
 * The part of a segment from one unit up to, not including, another; null where that is nothing. Its
 * times are those of its words.
 *
 * @param units all of the segment's units
 */
export function cutSegment(
	segment: Segment,
	units: readonly Unit[],
	from: number,
	to: number,
): Segment | null {
	if (from >= to) return null;
	if (from <= 0 && to >= units.length) return segment;
	const words = segment.words.slice(from, to);
	// Without word times, all that is known is still that it was said somewhere in the segment.
	const startSeconds = words[0] && from > 0 ? words[0].startSeconds : segment.startSeconds;
	const last = words.at(-1);
	const endSeconds = last && to < units.length ? last.endSeconds : segment.endSeconds;
	const text = textBetween(segment, units, from, to) ?? joinTexts(words.map((word) => word.text));
	if (text === "") return null;
	return { ...segment, text, words, startSeconds, endSeconds: Math.max(startSeconds, endSeconds) };
}

function textBetween(
	{ text }: Segment,
	units: readonly Unit[],
	from: number,
	to: number,
): string | null {
	const start = from <= 0 ? 0 : (units[from]?.offset ?? null);
	const end = to >= units.length ? text.length : (units[to]?.offset ?? null);
	return start === null || end === null ? null : text.slice(start, end).trim();
}
