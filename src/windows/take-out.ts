import type { Segment, Span } from "../transcript.ts";
import { cutSegment } from "./cut-segment.ts";
import { joinTexts } from "./join-texts.ts";
import { saysMore } from "./says-more.ts";
import { middleOf, unitsOf } from "./units.ts";
import type { AskedStretch } from "./window.ts";

/**
 * Takes out what an answer may replace: a loop's words, and segments without word times that the stretch was asked for.
 * Null where such a segment is to stay, since then nothing can be put in its place.
 */
export function takeOut(
	segments: readonly Segment[],
	asked: AskedStretch,
	answer: readonly Segment[],
): { kept: Segment[]; text: string } | null {
	const loops = asked.doubts.filter(({ kind }) => kind === "loop");
	const kept: Segment[] = [];
	const removed: string[] = [];
	const untimed: Segment[] = [];
	for (const segment of segments) {
		if (segment.words.length === 0 && isDoubted(segment, asked)) {
			// Heard in part only, it would lose what the rest of it says.
			if (!contains(asked, segment)) return null;
			untimed.push(segment);
			removed.push(segment.text);
			continue;
		}
		const units = unitsOf(segment);
		const isOut = units.map(
			(unit) =>
				segment.words.length > 0 &&
				asked.about.some((part) => contains(part, middle(unit))) &&
				loops.some((loop) => contains(loop, middle(unit))),
		);
		for (let from = 0; from < units.length; ) {
			let to = from + 1;
			while (to < units.length && isOut[to] === isOut[from]) to++;
			const part = cutSegment(segment, units, from, to);
			if (part && isOut[from]) removed.push(part.text);
			else if (part) kept.push(part);
			from = to;
		}
	}
	const before = joinTexts(untimed.map(({ text }) => text));
	const after = joinTexts(answer.map(({ text }) => text));
	if (untimed.length > 0 && loops.length === 0 && !saysMore(after, before)) return null;
	return { kept, text: joinTexts(removed) };
}

/** A doubt beside a segment is not about it: more than its tolerance must lie in it. */
function isDoubted(segment: Segment, { doubts }: AskedStretch): boolean {
	return doubts.some(
		(doubt) =>
			Math.min(doubt.endSeconds, segment.endSeconds) -
				Math.max(doubt.startSeconds, segment.startSeconds) >
			0.05,
	);
}

function middle(span: Span): Span {
	const at = middleOf(span);
	return { startSeconds: at, endSeconds: at };
}

function contains(outer: Span, inner: Span): boolean {
	const rounding = 0.002;
	return (
		outer.startSeconds <= inner.startSeconds + rounding &&
		inner.endSeconds <= outer.endSeconds + rounding
	);
}
