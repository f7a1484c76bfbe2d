import type { Segment, Span } from "../transcript.ts";
import { alignByText } from "./align-by-text.ts";
import { cutSegment } from "./cut-segment.ts";
import { middleOf, type Unit, unitsOf, unitsWithin } from "./units.ts";
import { unitsByTime } from "./units-nearby.ts";
import type { AskedStretch } from "./window.ts";

/** The same word may be told so much earlier or later when it is heard again. */
const sameWordSeconds = 0.5;

/** Gaps begin half a second after the word before them, whose time is not exact either. */
const aroundSeconds = 0.65;

/** Words that engines stretch over a pause take up no more of it than this. */
const longestWordSeconds = 2;

/**
 * The parts of an answer that are not there yet, in order, cut so that none has a word in its middle
 * that is there.
 */
export function fittingParts(
	answer: readonly Segment[],
	there: readonly Segment[],
	asked: AskedStretch,
): Segment[] {
	const timed = unitsByTime(there.filter(({ words }) => words.length > 0).flatMap(unitsOf));
	const units = answer.flatMap((segment) => unitsOf(segment));
	const repeated = repeatedByText(units, there, asked, answer);
	// None that begins earlier or later can be the same: see `isSame`.
	const nearby = ({ startSeconds, endSeconds }: Unit) =>
		timed.beginningIn(
			startSeconds - longestWordSeconds - sameWordSeconds,
			endSeconds + sameWordSeconds,
		);
	const parts: Segment[] = [];
	let index = 0;
	for (const segment of answer) {
		const own = unitsOf(segment);
		const isNew = own.map((unit) => {
			if (repeated.has(index++)) return false;
			if (segment.words.length === 0) return true;
			return isAbout(unit, asked) && !nearby(unit).some((one) => isSame(one, unit));
		});
		const isParted = (unit: Unit, next: Unit) =>
			segment.words.length > 0 && timed.hasMiddleBetween(middleOf(unit), middleOf(next));
		for (let from = 0; from < own.length; ) {
			let to = from + 1;
			while (
				to < own.length &&
				isNew[to] === isNew[from] &&
				!isParted(own[to - 1] as Unit, own[to] as Unit)
			)
				to++;
			const part = isNew[from] ? cutSegment(segment, own, from, to) : null;
			if (part && own.slice(from, to).some(({ key }) => key !== "")) parts.push(part);
			from = to;
		}
	}
	return parts;
}

/** Words further off were not asked for, and those at the edges of the stretch were heard in half. */
function isAbout(unit: Unit, { about }: AskedStretch): boolean {
	const at = middleOf(unit);
	return about.some(
		({ startSeconds, endSeconds }) =>
			startSeconds - aroundSeconds <= at && at <= endSeconds + aroundSeconds,
	);
}

/** The same text at about the same time, or most of one over the other: two words for one sound. */
function isSame(there: Unit, unit: Unit): boolean {
	const thereEnd = Math.min(there.endSeconds, there.startSeconds + longestWordSeconds);
	const middle = (there.startSeconds + thereEnd) / 2;
	if (there.key === unit.key && Math.abs(middle - middleOf(unit)) <= sameWordSeconds) return true;
	const common =
		Math.min(thereEnd, unit.endSeconds) - Math.max(there.startSeconds, unit.startSeconds);
	const shorter = Math.min(thereEnd - there.startSeconds, unit.endSeconds - unit.startSeconds);
	return shorter > 0 ? common > shorter / 2 : common >= 0;
}

/**
 * Which of the answer's units are the end of what comes before it, or the beginning of what comes after. Asked
 * only where times are missing on one side: times tell better.
 */
function repeatedByText(
	units: readonly Unit[],
	there: readonly Segment[],
	asked: Span,
	answer: readonly Segment[],
): Set<number> {
	const repeated = new Set<number>();
	const isAnswerTimed = answer.every((one) => one.words.length > 0);
	const needsText = (one: Segment | undefined): one is Segment =>
		one !== undefined && !(isAnswerTimed && one.words.length > 0);
	const middle = middleOf(asked);
	const before = there.findLast(
		(one) => middleOf(one) < middle && one.endSeconds > asked.startSeconds,
	);
	if (needsText(before)) {
		const reach = unitsWithin(before.endSeconds - asked.startSeconds, units[0]);
		const pairs = alignByText(unitsOf(before).slice(-reach), units.slice(0, reach));
		const last = pairs.at(-1)?.[1] ?? -1;
		for (let index = 0; index <= last; index++) repeated.add(index);
	}
	const after = there.find((one) => middleOf(one) >= middle && one.startSeconds < asked.endSeconds);
	if (needsText(after)) {
		const reach = unitsWithin(asked.endSeconds - after.startSeconds, units[0]);
		const from = Math.max(0, units.length - reach);
		const pairs = alignByText(units.slice(from), unitsOf(after).slice(0, reach));
		const first = pairs[0]?.[0];
		if (first !== undefined)
			for (let index = from + first; index < units.length; index++) repeated.add(index);
	}
	return repeated;
}
