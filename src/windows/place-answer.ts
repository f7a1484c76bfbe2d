import type { Segment, Span } from "../transcript.ts";
import { fittingParts } from "./fitting-parts.ts";
import { inOrder } from "./in-order.ts";
import { insertSegments } from "./insert-segments.ts";
import { joinTexts } from "./join-texts.ts";
import { saysMore } from "./says-more.ts";
import { takeOut } from "./take-out.ts";
import { wholeSaid } from "./whole-said.ts";
import type { AskedStretch, Said } from "./window.ts";

/** What was there, and what is there instead; `before` is empty where nothing was. */
export type PlacedAnswer = { output: Said; before: string; after: string };

/** Around the stretch: what is there may end or begin in it, and is compared with the answer. */
const surroundingsSeconds = 5;

/**
 * Puts what an engine said of one stretch, asked on its own, into the whole. Words of a loop make
 * way for it; all other words stay, and what of the answer is there already is not put there twice.
 * A segment without word times can only stay or go as a whole: it goes where the answer says more.
 *
 * @param answered times from the start of the stretch
 * @returns null where nothing of the answer is taken: then all stays as it is
 */
export function placeAnswer(
	stored: Said,
	asked: AskedStretch,
	answered: Said,
): PlacedAnswer | null {
	const output = wholeSaid(stored);
	const answer = wholeSaid(answered);
	const heard = heardSegments(asked, answer);
	if (heard.length === 0) return null;
	if (output.segments.length === 0) return placeInText(output, asked, answer, heard);
	const { segments } = output;
	const near = surroundings(segments, asked);
	const taken = takeOut(segments.slice(near.from, near.to), asked, heard);
	if (taken === null) return null;
	const parts = fittingParts(heard, taken.kept, asked);
	if (parts.length === 0) return null;
	const whole = inOrder([
		...segments.slice(0, near.from),
		...insertSegments(taken.kept, parts),
		...segments.slice(near.to),
	]);
	return {
		output: { ...output, segments: whole, text: textOf(whole) },
		before: taken.text,
		after: textOf(parts),
	};
}

/** Where the whole has no times at all. Only an answer about all that is doubted can take its place. */
function placeInText(
	output: Said,
	asked: AskedStretch,
	answer: Said,
	heard: Segment[],
): PlacedAnswer | null {
	const after = textOf(heard);
	if (output.text.trim() === "") {
		return { output: { ...output, text: after, segments: inOrder(heard) }, before: "", after };
	}
	const isAboutAll = asked.doubts.every(
		(doubt) => asked.startSeconds <= doubt.startSeconds && doubt.endSeconds <= asked.endSeconds,
	);
	const isLoop = asked.doubts.some(({ kind }) => kind === "loop");
	if (!isAboutAll || !(isLoop || saysMore(after, output.text))) return null;
	const segments = answer.segments.length > 0 ? inOrder(heard) : [];
	return { output: { ...output, text: after, segments }, before: output.text, after };
}

/** With times from the start of the recording. A text without times was said somewhere in the stretch. */
function heardSegments({ startSeconds, endSeconds }: Span, { text, segments }: Said): Segment[] {
	if (segments.length === 0) {
		const line = text.replace(/\s+/gu, " ").trim();
		return line === "" ? [] : [{ startSeconds, endSeconds, text: line, words: [] }];
	}
	const shift = <T extends Span>(one: T): T => ({
		...one,
		startSeconds: one.startSeconds + startSeconds,
		endSeconds: one.endSeconds + startSeconds,
	});
	return segments.map((one) => ({ ...shift(one), words: one.words.map(shift) }));
}

/** Indexes of the segments near a stretch, and of all between those. */
function surroundings(
	segments: readonly Segment[],
	{ startSeconds, endSeconds }: Span,
): { from: number; to: number } {
	const first = segments.findIndex((one) => one.endSeconds > startSeconds - surroundingsSeconds);
	const after = segments.findIndex((one) => one.startSeconds > endSeconds + surroundingsSeconds);
	const to = after < 0 ? segments.length : after;
	return { from: Math.min(first < 0 ? segments.length : first, to), to };
}

function textOf(segments: readonly Segment[]): string {
	return joinTexts(segments.map(({ text }) => text));
}
