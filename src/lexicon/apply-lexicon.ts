import type { EngineOutput, Segment } from "../transcript.ts";
import { chooseMatches, type Lexicon, type LexiconRule, type Match } from "./lexicon.ts";
import { locateSegments, locateWords, type Range } from "./locate.ts";
import { nfcView } from "./nfc-view.ts";
import { findRegexMatches, type RegexTime } from "./regex-rules.ts";
import { replaceInSegments } from "./replace-in-segments.ts";
import { replaceIn } from "./replace-in-text.ts";
import { compileWordRules } from "./word-rules.ts";

export type ApplyLexiconOptions = {
	/** For each regular expression of the lexicon. */
	regexTimeLimitMs: number;
	/** For all of them together; left out: however long each one's time adds up. */
	regexTotalMs?: number;
};

/** The time for one text, which several lexicons share. */
export function regexTimeOf({
	regexTimeLimitMs: limitMs,
	regexTotalMs: totalMs = Number.POSITIVE_INFINITY,
}: ApplyLexiconOptions): RegexTime {
	return { limitMs, totalMs, leftMs: totalMs };
}

export type LexiconResult = {
	text: string;
	segments: Segment[];
	/** How many places of the text were replaced. */
	replacements: number;
};

/**
 * Corrects a text and its timed segments. Pure: the engine's output stays as it is, and the same
 * lexicon and output always give the same result. Segments and words keep their order and times,
 * and each word that becomes another says by which rule and what stood there (`provenance`); a phrase that reaches over the border of two segments goes to the first one.
 *
 * @throws ERR_LEXICON for a regular expression that is not valid or takes too long; never for words
 */
export function applyLexicon(
	lexicon: Lexicon,
	output: Pick<EngineOutput, "text" | "segments">,
	options: ApplyLexiconOptions,
	time: RegexTime = regexTimeOf(options),
): LexiconResult {
	const find = prepare(lexicon, time);
	const matches = find(output.text);
	const segmentRanges = locateSegments(output.text, output.segments);
	return {
		text: replaceIn(output.text, { start: 0, end: output.text.length }, matches),
		segments: segmentRanges
			? correctSegments(output.segments, segmentRanges, output.text, matches, lexicon)
			: correctSegmentsApart(output.segments, find, lexicon),
		replacements: matches.length,
	};
}

/** What rules for words make of a text: prepared once, for any number of texts. */
export function wordCorrector(all: readonly LexiconRule[]): (text: string) => string {
	const rules = all.filter(({ kind }) => kind === "words");
	const find = prepare({ rules }, { limitMs: 0, totalMs: 0, leftMs: 0 });
	return (text) => replaceIn(text, { start: 0, end: text.length }, find(text));
}

type FindMatches = (text: string) => Match[];

function prepare(lexicon: Pick<Lexicon, "rules">, time: RegexTime): FindMatches {
	const findWords = compileWordRules(lexicon.rules);
	// Once: a text costs nothing for rules that it has nothing to do with.
	const regexes = [...lexicon.rules.entries()].filter(([, { kind }]) => kind === "regex");
	return (original) => {
		const view = nfcView(original);
		const regexMatches = regexes.flatMap(([ruleIndex, rule]) =>
			view.text === "" ? [] : findRegexMatches(rule, ruleIndex, view.text, time),
		);
		const matches = chooseMatches([...findWords(view.text), ...regexMatches]);
		let reached = 0;
		return matches.flatMap((match) => {
			const start = view.startInOriginal(match.start);
			const end = view.endInOriginal(match.end);
			// Two matches inside one decomposed character cannot both be put back.
			if (start < reached) return [];
			reached = end;
			return [{ ...match, start, end }];
		});
	};
}

/** Segments that do not add up to the text are corrected by themselves. */
function correctSegmentsApart(
	segments: readonly Segment[],
	find: FindMatches,
	lexicon: Lexicon,
): Segment[] {
	const ranges: Range[] = [];
	let text = "";
	for (const segment of segments) {
		if (text !== "") text += "\n";
		ranges.push({ start: text.length, end: text.length + segment.text.length });
		text += segment.text;
	}
	return correctSegments(segments, ranges, text, find(text), lexicon);
}

function correctSegments(
	segments: readonly Segment[],
	ranges: readonly Range[],
	text: string,
	matches: readonly Match[],
	lexicon: Lexicon,
): Segment[] {
	let next = 0;
	const placed = segments.map((segment, index) => {
		const range = ranges[index] ?? { start: text.length, end: text.length };
		// Both are in order: what ended before this segment is of no interest to later ones.
		while (next < matches.length && (matches[next]?.end ?? 0) <= range.start) next++;
		const isTouched = (matches[next]?.start ?? text.length) < range.end;
		const wordRanges = isTouched ? locateWords(text, range, segment.words) : [];
		return { segment: structuredClone(segment), range, wordRanges, isTouched };
	});
	return replaceInSegments(placed, text, matches, lexicon);
}
