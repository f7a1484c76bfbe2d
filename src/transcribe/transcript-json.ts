import { OnwaxError } from "../errors.ts";
import type { RawOutput, RawSegment, RawWord } from "./raw-output.ts";
import { joinWords, segmentsFromWords } from "./segments-from-words.ts";

type Fields = Record<string, unknown>;

/**
 * Reads a transcript out of JSON in any of the shapes that engines use:
 * - `{ text, language?, segments?: [{ start, end, text, words? }], words?: [{ word, start, end }] }`
 *   with times in seconds: OpenAI's verbose_json and whatever imitates it;
 * - `{ transcription: [{ text, offsets: { from, to } }], result?: { language } }` with times in
 *   milliseconds: whisper.cpp;
 * - a list of segments as in the first shape.
 *
 * Throws ERR_ENGINE_OUTPUT (retryable) where it is none of these. `{ "text": "" }` is legal.
 */
export function readTranscriptJson(value: unknown): RawOutput {
	if (Array.isArray(value)) return { text: null, language: null, segments: readSegments(value) };
	if (!isFields(value)) throw unreadable("is not an object");
	if (Array.isArray(value.transcription)) {
		const result = isFields(value.result) ? value.result : {};
		return {
			text: null,
			language: stringOrNull(result.language),
			segments: readSegments(value.transcription),
		};
	}
	const text = stringOrNull(value.text);
	const hasSegments = Array.isArray(value.segments);
	if (text === null && !hasSegments) throw unreadable("has neither text nor segments");
	const segments = hasSegments ? readSegments(value.segments as unknown[]) : [];
	const words = Array.isArray(value.words) ? readWords(value.words) : [];
	return {
		text,
		language: stringOrNull(value.language),
		segments: words.length > 0 ? withWords(segments, words) : segments,
	};
}

function readSegments(list: unknown[]): RawSegment[] {
	return list.map((entry) => {
		if (!isFields(entry)) throw unreadable("has a segment that is not an object");
		const words = Array.isArray(entry.words) ? readWords(entry.words) : [];
		return { ...readTimes(entry), text: stringOrNull(entry.text) ?? joinWords(words), words };
	});
}

function readWords(list: unknown[]): RawWord[] {
	return list.map((entry) => {
		if (!isFields(entry)) throw unreadable("has a word that is not an object");
		const text = stringOrNull(entry.word) ?? stringOrNull(entry.text) ?? "";
		return { ...readTimes(entry), text };
	});
}

function readTimes(entry: Fields): { startSeconds: number; endSeconds: number } {
	if (isFields(entry.offsets))
		return {
			startSeconds: numberOrNaN(entry.offsets.from) / 1000,
			endSeconds: numberOrNaN(entry.offsets.to) / 1000,
		};
	return { startSeconds: numberOrNaN(entry.start), endSeconds: numberOrNaN(entry.end) };
}

/** Puts words that came as one list into the segment that their middle lies in. */
function withWords(segments: RawSegment[], words: RawWord[]): RawSegment[] {
	if (segments.length === 0) return segmentsFromWords(words);
	if (segments.some((segment) => segment.words.length > 0)) return segments;
	const filled = segments.map((segment) => ({ ...segment, words: [] as RawWord[] }));
	let index = 0;
	for (const word of words) {
		const middleSeconds = (word.startSeconds + word.endSeconds) / 2;
		while (index < filled.length - 1 && middleSeconds >= (filled[index]?.endSeconds ?? 0)) index++;
		filled[index]?.words.push(word);
	}
	return filled;
}

function isFields(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stringOrNull(value: unknown): string | null {
	return typeof value === "string" ? value : null;
}

function numberOrNaN(value: unknown): number {
	if (typeof value === "number") return value;
	return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

function unreadable(problem: string): OnwaxError {
	return new OnwaxError("ERR_ENGINE_OUTPUT", `The engine's JSON ${problem}.`, { retryable: true });
}
