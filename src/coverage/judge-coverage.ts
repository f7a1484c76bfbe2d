import { tokensOf } from "../catalogue/words.ts";
import type { Coverage, Doubt, EngineOutput, Segment, Span } from "../transcript.ts";
import { doubtedLoops } from "./doubted-loops.ts";
import { gapOver, gapsIn } from "./gaps-in.ts";
import type { Heard } from "./heard.ts";
import { judgeUntimed } from "./judge-untimed.ts";
import { common, joined, secondsOf, widened, within, without } from "./span-sets.ts";
import { sparseStretches } from "./sparse-words.ts";
import { briefSpeechSeconds, slowestWordsPerSecond } from "./speaking-rate.ts";
import { unheardWords } from "./unheard-words.ts";
import { believedSpan } from "./word-spans.ts";

/** So near to a word speech counts as its own: times are inexact, and words begin before they are loud. */
const wordToleranceSeconds = 0.5;

/**
 * How much of the speech has words over it, and where the text is doubtful: speech without words,
 * words without speech, and loops. Works with what the engine gave: word times, segments' times, or
 * none at all, where `coveredSeconds` is an estimate by the number of words.
 */
export function judgeCoverage(
	heard: Heard,
	output: Pick<EngineOutput, "text" | "segments">,
): Coverage {
	const { detector, speech } = heard;
	if (output.segments.length === 0) return judgeUntimed(heard, output.text);
	const { covered, sparse } = coveredBy(output.segments, speech);
	const loops = doubtedLoops(output.segments);
	const isLoop = (span: Span) => loops.some((loop) => loop.startSeconds === span.startSeconds);
	const gaps = gapsIn(speech, joined([...covered, ...sparse.map(({ span }) => span)]));
	const untimed = output.segments.filter(({ words }) => words.length === 0);
	const doubts = [
		...gaps,
		...sparseStretches(speech, output.segments, [...gaps, ...untimed]).map(gapOver),
		// Which of its speech the few words are is not known: the doubt is about all of it, once.
		...sparse.flatMap(({ span }) => (isLoop(span) ? [] : gapOver(span))),
		...loops,
		...unheardWords(speech, output.segments),
	];
	const speechSeconds = secondsOf(speech);
	const coveredSeconds =
		secondsOf(common(speech, covered)) +
		sparse.reduce((sum, { span, words }) => {
			const open = secondsOf(without(within(speech, span), covered));
			return sum + Math.min(open, words / slowestWordsPerSecond);
		}, 0);
	return {
		detector,
		speechSeconds: toMilliseconds(speechSeconds),
		coveredSeconds: toMilliseconds(Math.min(coveredSeconds, speechSeconds)),
		doubts: doubts.map(rounded).sort((a, b) => a.startSeconds - b.startSeconds),
		repairs: [],
	};
}

/** What has words over it; and segments without word times whose text is too short for what is spoken in them. */
function coveredBy(
	segments: readonly Segment[],
	speech: readonly Span[],
): { covered: Span[]; sparse: { span: Span; words: number }[] } {
	const spans: Span[] = [];
	const sparse: { span: Span; words: number }[] = [];
	for (const segment of segments) {
		if (segment.words.length > 0) {
			spans.push(...segment.words.map((word) => believedSpan(word, speech)));
			continue;
		}
		const words = tokensOf(segment.text).length;
		if (words === 0) continue;
		const seconds = secondsOf(within(speech, segment));
		if (seconds <= briefSpeechSeconds || words / seconds >= slowestWordsPerSecond)
			spans.push(segment);
		else {
			const { startSeconds, endSeconds } = segment;
			sparse.push({ span: { startSeconds, endSeconds }, words });
		}
	}
	return { covered: widened(spans, wordToleranceSeconds), sparse };
}

function rounded(doubt: Doubt): Doubt {
	return {
		...doubt,
		startSeconds: toMilliseconds(doubt.startSeconds),
		endSeconds: toMilliseconds(doubt.endSeconds),
	};
}

function toMilliseconds(seconds: number): number {
	return Math.round(seconds * 1000) / 1000;
}
