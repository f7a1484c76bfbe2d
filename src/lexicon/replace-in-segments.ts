import type { Provenance, Segment, Word } from "../transcript.ts";
import type { Lexicon, Match } from "./lexicon.ts";
import type { Range } from "./locate.ts";
import { provenanceOf } from "./provenance.ts";
import { replaceIn } from "./replace-in-text.ts";

/** A segment, where it lies in the text, and where its words do (null: not found there). */
export type PlacedSegment = {
	segment: Segment;
	range: Range;
	wordRanges: (Range | null)[];
	isTouched: boolean;
};

type PlacedWord = { word: Word; range: Range | null; segmentIndex: number };

/** Words whose text changes together, and all that they become. */
type Cluster = { first: number; last: number; range: Range; matches: Match[] };

/**
 * The segments with the matches replaced. The words that a match touches become the words of its
 * replacement and share their time, from the first one's start to the last one's end.
 */
export function replaceInSegments(
	placed: readonly PlacedSegment[],
	text: string,
	matches: readonly Match[],
	lexicon: Lexicon,
): Segment[] {
	if (matches.length === 0) return placed.map(({ segment }) => segment);
	const words = placed.flatMap(({ segment, wordRanges }, segmentIndex) =>
		segment.words.map((word, index): PlacedWord => {
			return { word, range: wordRanges[index] ?? null, segmentIndex };
		}),
	);
	const wordsOf = new Map<number, Word[]>();
	const keep = (segmentIndex: number, kept: Word[]) => {
		wordsOf.set(segmentIndex, [...(wordsOf.get(segmentIndex) ?? []), ...kept]);
	};
	let next = 0;
	for (const { first, last, range, matches: own } of clustersOf(words, matches)) {
		for (const { word, segmentIndex } of words.slice(next, first)) keep(segmentIndex, [word]);
		const run = words.slice(first, last + 1);
		const heard = run.map(({ word }) => word);
		const provenance = provenanceOf(heard, own, lexicon);
		const put = retime(heard, replaceIn(text, range, matches));
		keep(run[0]?.segmentIndex ?? 0, withProvenance(put, heard, provenance));
		next = last + 1;
	}
	for (const { word, segmentIndex } of words.slice(next)) keep(segmentIndex, [word]);

	const corrected = placed.map(({ segment, range, isTouched }, index) => {
		if (!isTouched) return segment;
		return {
			...segment,
			text: replaceIn(text, range, matches).trim(),
			words: wordsOf.get(index) ?? [],
		};
	});
	moveBorders(corrected, placed, matches);
	return corrected.filter(({ text: left }, index) => left !== "" || !placed[index]?.isTouched);
}

function clustersOf(words: readonly PlacedWord[], matches: readonly Match[]): Cluster[] {
	const clusters: Cluster[] = [];
	let from = 0;
	for (const match of matches) {
		while (from < words.length && (words[from]?.range?.end ?? -1) <= match.start) from++;
		let first = -1;
		let last = -1;
		for (let index = from; index < words.length; index++) {
			const range = words[index]?.range;
			if (!range) continue;
			if (range.start >= match.end) break;
			if (range.end <= match.start) continue;
			if (first === -1) first = index;
			last = index;
		}
		if (first === -1) continue;
		const range = {
			start: Math.min(words[first]?.range?.start ?? match.start, match.start),
			end: Math.max(words[last]?.range?.end ?? match.end, match.end),
		};
		const before = clusters.at(-1);
		if (before && before.last >= first) {
			before.last = last;
			before.range.end = Math.max(before.range.end, range.end);
			before.matches.push(match);
		} else clusters.push({ first, last, range, matches: [match] });
	}
	return clusters;
}

/** The new words in the time of the old ones: each its own where there are as many, else by length. */
function retime(run: readonly Word[], text: string): Word[] {
	const texts = text.split(/\s+/).filter((part) => part !== "");
	const startSeconds = run[0]?.startSeconds ?? 0;
	const endSeconds = run.at(-1)?.endSeconds ?? startSeconds;
	const totalLength = texts.reduce((sum, part) => sum + part.length, 0);
	const timeAt = (length: number) =>
		length === totalLength
			? endSeconds
			: startSeconds + ((endSeconds - startSeconds) * length) / totalLength;
	let length = 0;
	return texts.map((part, index) => {
		const own = texts.length === run.length ? run[index] : undefined;
		const word = {
			text: part,
			startSeconds: own?.startSeconds ?? timeAt(length),
			endSeconds: own?.endSeconds ?? timeAt(length + part.length),
		};
		length += part.length;
		return word;
	});
}

/** A word that came out as it was is the word that was there. */
function withProvenance(
	put: readonly Word[],
	heard: readonly Word[],
	provenance: Provenance[],
): Word[] {
	return put.map((word, index) => {
		const own = put.length === heard.length ? heard[index] : undefined;
		return own?.text === word.text ? own : { ...word, provenance };
	});
}

/** Where a replacement went over a border, the first segment takes the time of what it was given. */
function moveBorders(
	corrected: Segment[],
	placed: readonly PlacedSegment[],
	matches: readonly Match[],
): void {
	for (const [index, segment] of corrected.entries()) {
		const { range } = placed[index] as PlacedSegment;
		const crossing = matches.find((match) => match.start < range.end && match.end > range.end);
		if (!crossing || crossing.start < range.start) continue;
		let endSeconds = Math.max(segment.endSeconds, segment.words.at(-1)?.endSeconds ?? 0);
		for (let next = index + 1; next < corrected.length; next++) {
			const follower = corrected[next] as Segment;
			const followerRange = (placed[next] as PlacedSegment).range;
			if (followerRange.start >= crossing.end) break;
			// Nothing is left of it: its time goes with its text.
			if (follower.text === "") endSeconds = Math.max(endSeconds, follower.endSeconds);
			follower.startSeconds = Math.max(follower.startSeconds, endSeconds);
			follower.endSeconds = Math.max(follower.endSeconds, follower.startSeconds);
		}
		segment.endSeconds = endSeconds;
	}
}
