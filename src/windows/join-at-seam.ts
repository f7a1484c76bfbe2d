import type { Segment, Span } from "../transcript.ts";
import { alignByText } from "./align-by-text.ts";
import { alignByTime } from "./align-by-time.ts";
import { cutSegment } from "./cut-segment.ts";
import { middleOf, type Unit, unitsOf, unitsWithin } from "./units.ts";

/** What two neighbouring windows both heard, and the moment from which on it is the second one's to say. */
export type Seam = { overlapStartSeconds: number; overlapEndSeconds: number; cutSeconds: number };

/** Words may be told earlier or later than they were spoken; so far outside of the overlap they still belong to it. */
const slackSeconds = 0.5;

/** However much an engine says about an overlap, comparing takes no longer than this allows. */
const mostUnits = 500;

type Placed = { unit: Unit; segment: number };

/**
 * What two windows said, as one: a word that both heard is there once, also where it was cut off in one
 * of them. Both sides' words in the overlap are aligned, and the sides joined at a pair; without any pair,
 * by time.
 *
 * @param left what the first window said, times from the start of the recording; likewise `right`
 */
export function joinAtSeam(
	left: readonly Segment[],
	right: readonly Segment[],
	seam: Seam,
): Segment[] {
	const { overlapStartSeconds, overlapEndSeconds } = seam;
	if (overlapEndSeconds <= overlapStartSeconds) return [...left, ...right];
	const firstLeft = left.findIndex((one) => one.endSeconds > overlapStartSeconds - slackSeconds);
	const afterRight = right.findIndex((one) => one.startSeconds >= overlapEndSeconds + slackSeconds);
	const before = firstLeft < 0 ? left.length : firstLeft;
	const after = afterRight < 0 ? right.length : afterRight;
	const ends = left.slice(before);
	const begins = right.slice(0, after);
	// One that heard nothing there has nothing to be compared with: the other's words all count.
	if (ends.length === 0 || begins.length === 0) return [...left, ...right];
	const joined = [...ends, ...begins].every((one) => one.words.length > 0)
		? joinByTime(ends, begins, seam)
		: joinByText(ends, begins, seam);
	return [...left.slice(0, before), ...joined, ...right.slice(after)];
}

function joinByTime(left: readonly Segment[], right: readonly Segment[], seam: Seam): Segment[] {
	const a = placedUnits(left);
	const b = placedUnits(right);
	const near = ({ unit }: Placed) =>
		unit.endSeconds > seam.overlapStartSeconds - slackSeconds &&
		unit.startSeconds < seam.overlapEndSeconds + slackSeconds;
	const firstNear = Math.max(indexOr(a, near, a.length), a.length - mostUnits);
	const afterNear = Math.min(
		indexOr(b, (one) => !near(one), b.length),
		mostUnits,
	);
	if (firstNear >= a.length || afterNear === 0) return [...left, ...right];
	const pairs = alignByTime(
		a.slice(firstNear).map(({ unit }) => unit),
		b.slice(0, afterNear).map(({ unit }) => unit),
	).map(([i, j]): [number, number] => [i + firstNear, j]);
	const pair = nearestPair(pairs, a, b, seam.cutSeconds);
	if (pair) return joinAtPair(left, right, a, b, pair, seam.cutSeconds).flat();
	const cutSeconds = fairCut(a.slice(firstNear), b.slice(0, afterNear), seam.cutSeconds);
	if (cutSeconds === null) return [...left, ...right];
	const isAfterCut = ({ unit }: Placed) => middleOf(unit) >= cutSeconds;
	return [
		...keepUnits(left, a, 0, indexOr(a, isAfterCut, a.length)),
		...keepUnits(right, b, indexOr(b, isAfterCut, b.length), b.length),
	];
}

/**
 * The moment at which the second side takes over, where they have no word in common. Where only one of
 * them said anything, its words count, on whichever side of the cut they are: engines leave out what stands
 * at the very edge. Null where both said something, and nothing at the same time.
 */
function fairCut(a: readonly Placed[], b: readonly Placed[], cutSeconds: number): number | null {
	const leftEnds = Math.max(...a.map(({ unit }) => unit.endSeconds));
	const rightBegins = Math.min(...b.map(({ unit }) => unit.startSeconds));
	if (rightBegins >= leftEnds) return null;
	return Math.min(Math.max(cutSeconds, rightBegins), leftEnds);
}

function joinByText(left: readonly Segment[], right: readonly Segment[], seam: Seam): Segment[] {
	const a = placedUnits(left);
	const b = placedUnits(right);
	const seconds = seam.overlapEndSeconds - seam.overlapStartSeconds;
	const reach = Math.min(mostUnits, unitsWithin(seconds, a.at(-1)?.unit));
	const firstNear = Math.max(0, a.length - reach);
	const pairs = alignByText(
		a.slice(firstNear).map(({ unit }) => unit),
		b.slice(0, reach).map(({ unit }) => unit),
	).map(([i, j]): [number, number] => [i + firstNear, j]);
	const pair = pairs[Math.floor(pairs.length / 2)];
	if (pair) {
		const [before, after] = joinAtPair(left, right, a, b, pair, seam.cutSeconds);
		const leftSide = { startSeconds: 0, endSeconds: seam.cutSeconds };
		const rightSide = { startSeconds: seam.cutSeconds, endSeconds: Number.POSITIVE_INFINITY };
		return [
			...before.map((one) => onItsSide(one, left, leftSide)),
			...after.map((one) => onItsSide(one, right, rightSide)),
		];
	}
	// Nothing in common. What reaches out of the overlap holds words that the other side never heard.
	const { overlapStartSeconds, overlapEndSeconds, cutSeconds } = seam;
	return [
		...left.filter((one) => one.startSeconds < overlapStartSeconds || middleOf(one) < cutSeconds),
		...right.filter((one) => one.endSeconds > overlapEndSeconds || middleOf(one) >= cutSeconds),
	];
}

/**
 * A segment without word times that lost some of its text at the seam: what is left of it was said on
 * its own side of the cut.
 */
function onItsSide(segment: Segment, whole: readonly Segment[], side: Span): Segment {
	if (segment.words.length > 0 || whole.includes(segment)) return segment;
	const startSeconds = Math.max(segment.startSeconds, side.startSeconds);
	const endSeconds = Math.min(segment.endSeconds, side.endSeconds);
	return startSeconds < endSeconds ? { ...segment, startSeconds, endSeconds } : segment;
}

/** The word of the pair itself is taken from the side that owns the time at which it was said. */
function joinAtPair(
	left: readonly Segment[],
	right: readonly Segment[],
	a: readonly Placed[],
	b: readonly Placed[],
	[i, j]: [number, number],
	cutSeconds: number,
): [before: Segment[], after: Segment[]] {
	const isLeft = pairMiddle(a, b, [i, j]) < cutSeconds;
	return [
		keepUnits(left, a, 0, isLeft ? i + 1 : i),
		keepUnits(right, b, isLeft ? j + 1 : j, b.length),
	];
}

/** Far from the edges, where words are cut off and engines have little to go by. */
function nearestPair(
	pairs: readonly [number, number][],
	a: readonly Placed[],
	b: readonly Placed[],
	cutSeconds: number,
): [number, number] | null {
	let nearest: { pair: [number, number]; distance: number } | null = null;
	for (const pair of pairs) {
		const distance = Math.abs(pairMiddle(a, b, pair) - cutSeconds);
		if (nearest === null || distance < nearest.distance) nearest = { pair, distance };
	}
	return nearest?.pair ?? null;
}

function pairMiddle(a: readonly Placed[], b: readonly Placed[], [i, j]: [number, number]): number {
	return (middleOf((a[i] as Placed).unit) + middleOf((b[j] as Placed).unit)) / 2;
}

function placedUnits(segments: readonly Segment[]): Placed[] {
	return segments.flatMap((one, segment) => unitsOf(one).map((unit) => ({ unit, segment })));
}

/** The segments of the units from one up to, not including, another. */
function keepUnits(
	segments: readonly Segment[],
	placed: readonly Placed[],
	from: number,
	to: number,
): Segment[] {
	const kept: Segment[] = [];
	let first = 0;
	for (const [index, segment] of segments.entries()) {
		let end = first;
		while (placed[end]?.segment === index) end++;
		const units = placed.slice(first, end).map(({ unit }) => unit);
		const part = cutSegment(segment, units, Math.max(0, from - first), Math.min(to, end) - first);
		if (part) kept.push(part);
		first = end;
	}
	return kept;
}

function indexOr(
	placed: readonly Placed[],
	holds: (one: Placed) => boolean,
	otherwise: number,
): number {
	const index = placed.findIndex(holds);
	return index < 0 ? otherwise : index;
}
