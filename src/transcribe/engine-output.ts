import { wordsOf } from "../catalogue/words.ts";
import { OnwaxError } from "../errors.ts";
import { cleanLine, cleanText } from "../services/clean-text.ts";
import type { EngineOutput, Segment, Word } from "../transcript.ts";
import { languageTag } from "./language.ts";
import type { RawOutput, RawSegment, RawWord } from "./raw-output.ts";
import { joinWords } from "./segments-from-words.ts";
import { withSpans } from "./untimed-segments.ts";

export type { RawOutput, RawSegment, RawWord } from "./raw-output.ts";

/** The most that is read from any engine: word times of ten hours are about 6 MB. */
export const maxOutputBytes = 16 * 1024 * 1024;
export const maxSegments = 200_000;
export const maxWords = 2_000_000;
/**
 * Far more than anybody says, and than models say that are stuck: those end after some thousand words,
 * and what is right before the loop is to be kept.
 */
const mostWordsPerSecond = 100;
const alwaysAllowedWords = 5000;
/** A year: what a time is clamped to where the duration is not known. */
const longestSeconds = 366 * 24 * 60 * 60;

/**
 * The one door for text from outside. What comes out is what the rest of the program trusts:
 * - text in NFC, without control characters; only `text` of the whole may contain newlines;
 * - times in seconds, finite, rounded to milliseconds, 0 ≤ start ≤ end ≤ duration (where known);
 * - starts never decrease, words lie inside their segment, none has empty text;
 * - the text and the segments say the same words, or there are no segments.
 *
 * A segment without times lies between its neighbours; where none has any, there are no segments: text
 * without times is legal, invented times are not, and neither are lost words. Throws
 * ERR_ENGINE_OUTPUT where there is more than any recording can hold, or bytes that are no text.
 */
export function cleanEngineOutput(
	raw: RawOutput,
	about: {
		engine: string;
		model: string | null;
		/** The language that was asked for; used where the engine names none. */
		language: string | null;
		durationSeconds: number | null;
	},
): EngineOutput {
	const wordCount = raw.segments.reduce((count, segment) => count + segment.words.length, 0);
	if (raw.segments.length > maxSegments || wordCount > maxWords)
		throw new OnwaxError(
			"ERR_ENGINE_OUTPUT",
			`The engine answered ${raw.segments.length} segments and ${wordCount} words: more than any recording holds.`,
		);
	if (isNoText(raw.text ?? "") || isNoText(raw.segments.map(textOf).join(" ")))
		throw new OnwaxError("ERR_ENGINE_OUTPUT", `What ${about.engine} answered is not text.`, {
			hint: "Have the engine print its text in UTF-8, and nothing else.",
		});
	const durationSeconds = Math.floor((about.durationSeconds ?? longestSeconds) * 1000) / 1000;
	const segments = cleanSegments(
		withSpans(raw.segments, about.durationSeconds === null ? null : durationSeconds),
		durationSeconds,
	);
	// In the order of time where that is known.
	const said = segments.length > 0 ? segments : raw.segments.map((one) => ({ text: textOf(one) }));
	const agreed = agree(cleanText(raw.text ?? ""), cleanText(joinWords(said)), segments);
	refuseTooManyWords(Math.max(wordCount, wordsOf(agreed.text).length), about);
	return {
		engine: about.engine,
		model: about.model,
		language: languageTag(raw.language) ?? languageTag(about.language),
		...agreed,
	};
}

/**
 * One answer of the two that an engine gives. Where they say the same, the text keeps its paragraphs and the
 * segments their times; else the one with more words counts, and of as many the one with times.
 */
function agree(
	text: string,
	segmentsText: string,
	segments: Segment[],
): Pick<EngineOutput, "text" | "segments"> {
	if (text === "") return { text: segmentsText, segments };
	const words = wordsOf(text);
	const inSegments = wordsOf(segmentsText);
	// Without spaces, since engines also tell parts of words.
	if (words.join("") === inSegments.join("")) return { text, segments };
	return words.length > inSegments.length
		? { text, segments: [] }
		: { text: segmentsText, segments };
}

/** What is compared word by word later on would take its time over millions of them. */
function refuseTooManyWords(
	words: number,
	{ engine, durationSeconds }: { engine: string; durationSeconds: number | null },
): void {
	if (durationSeconds === null || durationSeconds <= 0) return;
	if (words <= Math.max(alwaysAllowedWords, durationSeconds * mostWordsPerSecond)) return;
	throw new OnwaxError(
		"ERR_ENGINE_OUTPUT",
		`${engine} answered ${words} words for ${Math.ceil(durationSeconds)} s of audio: more than anybody can say. The recording is safe.`,
		{ hint: "Ask another engine, or see whether this one prints the transcript and nothing else." },
	);
}

/** An empty text beside words is one that was left out. */
function textOf({ text, words }: { text: string; words: readonly RawWord[] }): string {
	return text.trim() === "" ? joinWords(words) : text;
}

/**
 * Random bytes read as UTF-8 are more than half U+FFFD and control characters, and UTF-16 is half
 * NUL; a quarter still lets a text through that has colours, or accents in another encoding.
 */
function isNoText(said: string): boolean {
	let unreadable = 0;
	let all = 0;
	for (const character of said) {
		if (/\s/.test(character)) continue;
		all += 1;
		if (/[\p{Cc}\ufffd]/u.test(character)) unreadable += 1;
	}
	return unreadable >= 4 && unreadable * 4 > all;
}

function cleanSegments(timed: readonly RawSegment[], durationSeconds: number): Segment[] {
	const segments: Segment[] = [];
	for (const segment of timed.toSorted((a, b) => a.startSeconds - b.startSeconds)) {
		const text = cleanLine(textOf(segment));
		if (text === "") continue;
		const times = clampTimes(segment, 0, durationSeconds);
		segments.push({ text, ...times, words: cleanWords(segment.words, times) });
	}
	return segments;
}

function cleanWords(raw: RawWord[], segment: { startSeconds: number; endSeconds: number }): Word[] {
	const words: Word[] = [];
	let earliestSeconds = segment.startSeconds;
	for (const word of raw) {
		const text = cleanLine(word.text);
		if (text === "" || !Number.isFinite(word.startSeconds)) continue;
		const times = clampTimes(word, earliestSeconds, segment.endSeconds);
		earliestSeconds = times.startSeconds;
		words.push({ text, ...times });
	}
	return words;
}

function clampTimes(
	times: { startSeconds: number; endSeconds: number },
	earliestSeconds: number,
	latestSeconds: number,
): { startSeconds: number; endSeconds: number } {
	const clamp = (seconds: number, from: number) =>
		Math.round(Math.min(Math.max(seconds, from), latestSeconds) * 1000) / 1000;
	const startSeconds = clamp(times.startSeconds, earliestSeconds);
	// An end that is missing or before its start makes a moment, not an error.
	const endSeconds = clamp(
		Number.isFinite(times.endSeconds) ? times.endSeconds : startSeconds,
		startSeconds,
	);
	return { startSeconds, endSeconds };
}
