import { OnwaxError } from "../errors.ts";
import type { RawOutput, RawSegment } from "./raw-output.ts";
import { readSphinxTimes } from "./sphinx-times.ts";
import { readTranscriptJson } from "./transcript-json.ts";

/** `[00:00:07.960 --> 00:00:10.500]   text`, as whisper.cpp prints it. */
const timedLine =
	/^\[(\d{2,}):(\d{2}):(\d{2})[.,](\d{3}) --> (\d{2,}):(\d{2}):(\d{2})[.,](\d{3})\]\s*(.*)$/s;

/** A brace or bracket alone does not make it JSON: `[music]` and `[BLANK_AUDIO]` are text. */
const meantAsJson = /^\s*(?:\[\s*)?(?:\{\s*["'}]|\{\s*$|\[\s*")/;

/** What Python prints for numbers that are none, outside of strings. */
const stringOrNoNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs;

/**
 * Reads what a program printed.
 * - `text`: every line is a piece of speech; lines are joined with a space, an empty line between
 *   them stays a new paragraph.
 * - `json`: one of the shapes of `readTranscriptJson`.
 * - `auto`: JSON where it parses as such, segments where every line begins with whisper.cpp's times or
 *   pocketsphinx gives its words' times, else text.
 *
 * Throws ERR_ENGINE_OUTPUT where `json` was promised and something else came, and where `auto` meets
 * JSON that is damaged: it is nobody's words.
 */
export function readPrinted(printed: string, output: "text" | "json" | "auto"): RawOutput {
	if (output === "text") return readPlain(printed);
	const json = parseJson(printed);
	if (json !== undefined) return readTranscriptJson(json);
	if (output === "json")
		throw new OnwaxError("ERR_ENGINE_OUTPUT", "The program did not print JSON.", {
			hint: 'Set "output" of this engine to "text" or "auto", or ask the program for JSON.',
		});
	if (meantAsJson.test(printed))
		throw new OnwaxError("ERR_ENGINE_OUTPUT", "The program printed JSON that cannot be read.", {
			hint: 'Have it print one JSON value and nothing else, or set "output" of this engine to "text".',
		});
	const segments = readTimedLines(printed) ?? readSphinxTimes(printed);
	return segments ? { text: null, language: null, segments } : readPlain(printed);
}

function readPlain(printed: string): RawOutput {
	// Line by line: a pattern over the whole would take its time over a million spaces.
	const paragraphs: string[][] = [[]];
	for (const line of printed.split(/\r\n?|\n/)) {
		const said = line.trim();
		if (said !== "") paragraphs.at(-1)?.push(said);
		else if (paragraphs.at(-1)?.length) paragraphs.push([]);
	}
	const text = paragraphs.map((lines) => lines.join(" ")).join("\n");
	return { text, language: null, segments: [] };
}

function parseJson(printed: string): unknown {
	if (!/^\s*[{[]/.test(printed)) return undefined;
	try {
		return JSON.parse(printed);
	} catch {
		return parseWithoutNumbers(printed);
	}
}

function parseWithoutNumbers(printed: string): unknown {
	if (!/NaN|Infinity/.test(printed)) return undefined;
	try {
		return JSON.parse(
			printed.replace(stringOrNoNumber, (found) => (found.startsWith('"') ? found : "null")),
		);
	} catch {
		return undefined;
	}
}

function readTimedLines(printed: string): RawSegment[] | null {
	const lines = printed.split(/\r?\n/).filter((line) => line.trim() !== "");
	const segments: RawSegment[] = [];
	for (const line of lines) {
		const parts = timedLine.exec(line.trim());
		if (!parts) return null;
		const times = parts.slice(1, 9).map(Number);
		segments.push({
			text: parts[9] ?? "",
			startSeconds: toSeconds(times.slice(0, 4)),
			endSeconds: toSeconds(times.slice(4)),
			words: [],
		});
	}
	return segments.length > 0 ? segments : null;
}

function toSeconds([hours = 0, minutes = 0, seconds = 0, milliseconds = 0]: number[]): number {
	return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000;
}
