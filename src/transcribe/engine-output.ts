import { OnwaxError } from "../errors.ts";
import { cleanLine, cleanText } from "../services/clean-text.ts";
import type { EngineOutput, Segment, Word } from "../transcript.ts";
import { languageTag } from "./language.ts";

/** What a driver read from its engine, before anything about it is trusted. */
export type RawWord = { text: string; startSeconds: number; endSeconds: number };
export type RawSegment = RawWord & { words: RawWord[] };
export type RawOutput = {
	/** Null where the engine gave segments only. */
	text: string | null;
	/** As the engine spells it: `en`, `english`, `en-US`. */
	language: string | null;
	segments: RawSegment[];
};

/** The most that is read from any engine: word times of ten hours are about 6 MB. */
export const maxOutputBytes = 16 * 1024 * 1024;
export const maxSegments = 200_000;
export const maxWords = 2_000_000;
/** A year: what a time is clamped to where the duration is not known. */
const longestSeconds = 366 * 24 * 60 * 60;

/**
 * The one door for text from outside. What comes out is what the rest of the program trusts:
 * - text in NFC, without control characters; only `text` of the whole may contain newlines;
 * - times in seconds, finite, rounded to milliseconds, 0 ≤ start ≤ end ≤ duration (where known);
 * - starts never decrease, words lie inside their segment, none has empty text.
 *
 * Segments whose times are all missing are dropped: text without times is legal, invented times
 * are not. Throws ERR_ENGINE_OUTPUT where there is more than any recording can hold, or bytes that
 * are no text.
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
	const said = raw.text ?? raw.segments.map((segment) => segment.text.trim()).join(" ");
	if (isNoText(said))
		throw new OnwaxError("ERR_ENGINE_OUTPUT", `What ${about.engine} answered is not text.`, {
			hint: "Have the engine print its text in UTF-8, and nothing else.",
		});
	const text = cleanText(said);
	return {
		engine: about.engine,
		model: about.model,
		language: languageTag(raw.language) ?? languageTag(about.language),
		text,
		segments: cleanSegments(
			raw.segments,
			Math.floor((about.durationSeconds ?? longestSeconds) * 1000) / 1000,
		),
	};
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

function cleanSegments(raw: RawSegment[], durationSeconds: number): Segment[] {
	const timed = raw.filter((segment) => Number.isFinite(segment.startSeconds));
	timed.sort((a, b) => a.startSeconds - b.startSeconds);
	const segments: Segment[] = [];
	for (const segment of timed) {
		const text = cleanLine(segment.text);
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
