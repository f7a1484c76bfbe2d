import { tokensOf } from "../catalogue/words.ts";
import type { Coverage, Doubt, Span } from "../transcript.ts";
import { findLoops, loopWordsOf } from "./find-loops.ts";
import { gapsIn } from "./gaps-in.ts";
import type { Heard } from "./heard.ts";
import { secondsOf } from "./span-sets.ts";
import { briefSpeechSeconds, slowestWordsPerSecond } from "./speaking-rate.ts";

/**
 * Coverage of a text without any times. Only numbers can be compared, so `coveredSeconds` is an
 * estimate: what so many words take when spoken as slowly as anybody speaks. Where that is far from the
 * speech there is, all of it is doubted; where in it words are missing cannot be told.
 */
export function judgeUntimed({ detector, speech, durationSeconds }: Heard, text: string): Coverage {
	const words = tokensOf(text).length;
	const speechSeconds = secondsOf(speech);
	const about: Span = {
		startSeconds: speech[0]?.startSeconds ?? 0,
		endSeconds: speech.at(-1)?.endSeconds ?? durationSeconds,
	};
	const doubt = (kind: Doubt["kind"], there: string, reason: string | null): Doubt => {
		return { kind, ...about, text: there, askedAgain: 0, reason };
	};
	const doubts: Doubt[] = [];
	const isSparse = words < speechSeconds * slowestWordsPerSecond;
	if (words === 0) doubts.push(...gapsIn(speech, []));
	else if (speechSeconds === 0) doubts.push(doubt("unheard", text, null));
	else if (isSparse && speechSeconds > briefSpeechSeconds)
		doubts.push(doubt("gap", "", fewWords(words, speechSeconds)));
	if (findLoops(loopWordsOf(text)).length > 0) doubts.push(doubt("loop", text, null));
	const coveredSeconds = Math.min(speechSeconds, words / slowestWordsPerSecond);
	return {
		detector,
		speechSeconds: toMilliseconds(speechSeconds),
		coveredSeconds: toMilliseconds(coveredSeconds),
		doubts,
		repairs: [],
	};
}

function fewWords(words: number, seconds: number): string {
	const said = words === 1 ? "1 word is" : `${words} words are`;
	return `The engine gave no times, and ${said} few for ${Math.round(seconds)} s of speech.`;
}

function toMilliseconds(seconds: number): number {
	return Math.round(seconds * 1000) / 1000;
}
