import { OnwaxError } from "../errors.ts";
import { type ExportInput, plainText } from "./exporter.ts";
import { saidBy } from "./said-by.ts";
import { columnsOf } from "./scripts.ts";
import { timedUnits } from "./timed-units.ts";
import { endsClause, endsSentence, lineOf, type Token, timedTokens } from "./tokens.ts";

/** What a subtitle shows from one time to another, in whole milliseconds; one or two lines. */
export type Cue = {
	startMs: number;
	endMs: number;
	/** Null where nobody is named. */
	speaker: string | null;
	lines: string[];
};

// What subtitlers keep to: two lines of 42 characters, at most seven seconds, at least about one.
const lineColumns = 42;
const longestSeconds = 7;
const shortestMs = 1000;
/** A silence of this length always ends a cue. */
const pauseSeconds = 0.8;
/** A sentence that is shorter may share its cue with the next one. */
const shortSentenceColumns = 20;

/**
 * The transcript as subtitles: in order, never overlapping, never empty. A transcript without
 * times is one cue over the whole recording. No cue holds what two people say.
 *
 * @param announce what stands before the words with which somebody begins to speak, as a part of
 * the text
 * @throws ERR_UNSUPPORTED for a transcript without times where the duration is unknown too
 */
export function cuesOf(
	input: ExportInput,
	announce: (speaker: string) => string | null = () => null,
): Cue[] {
	const { transcript, metadata } = input;
	const text = plainText(transcript.text);
	if (text.trim() === "") return [];
	const { durationSeconds } = metadata.audio;
	if (transcript.segments.length > 0) return timesInMs(spokenGroups(input, announce));
	const tokens = timedTokens(text, timedUnits(text, transcript.segments), lineColumns);
	if (durationSeconds === null) {
		throw new OnwaxError(
			"ERR_UNSUPPORTED",
			"This transcript has no times, and the length of the recording is not known.",
			{ hint: "Export it as txt or md, or transcribe it with an engine that gives times." },
		);
	}
	const endMs = Math.max(1, Math.round(durationSeconds * 1000));
	return [{ startMs: 0, endMs, speaker: null, lines: greedyLines(tokens).map(lineOf) }];
}

type Group = { speaker: string | null; tokens: Token[] };

function spokenGroups(input: ExportInput, announce: (speaker: string) => string | null): Group[] {
	return saidBy(input).flatMap(({ speaker, text, segments }) => {
		const tokens = timedTokens(text, timedUnits(text, segments), lineColumns);
		const announced = speaker === null ? null : announce(speaker);
		const [first] = tokens;
		if (announced !== null && first) {
			const { startSeconds } = first;
			first.spaceBefore = true;
			tokens.unshift({
				text: announced,
				spaceBefore: true,
				startSeconds,
				endSeconds: startSeconds,
			});
		}
		return groups(tokens).map((own) => ({ speaker, tokens: own }));
	});
}

/** Cuts the tokens into cues: at pauses and sentence ends, and before a cue gets too long. */
function groups(tokens: readonly Token[]): Token[][] {
	const done: Token[][] = [];
	let current: Token[] = [];
	for (const token of tokens) {
		if (isNaturalBreak(current, token)) {
			done.push(current);
			current = [];
		}
		while (current.length > 0 && !fits([...current, token])) {
			const at = bestBreak(current);
			done.push(current.slice(0, at));
			current = current.slice(at);
		}
		current.push(token);
	}
	return current.length > 0 ? [...done, current] : done;
}

function isNaturalBreak(current: readonly Token[], next: Token): boolean {
	const last = current.at(-1);
	if (!last) return false;
	if (next.startSeconds - last.endSeconds >= pauseSeconds) return true;
	return endsSentence(last) && columnsOf(lineOf(current)) >= shortSentenceColumns;
}

function fits(tokens: readonly Token[]): boolean {
	const seconds = (tokens.at(-1)?.endSeconds ?? 0) - (tokens[0]?.startSeconds ?? 0);
	return (tokens.length === 1 || seconds <= longestSeconds) && greedyLines(tokens).length <= 2;
}

/** How many tokens of an overfull cue stay: up to a clause's end in its later half, else all. */
function bestBreak(tokens: readonly Token[]): number {
	for (let at = tokens.length; at > tokens.length / 2; at--) {
		const last = tokens[at - 1];
		if (last && (endsSentence(last) || endsClause(last))) return at;
	}
	return tokens.length;
}

function greedyLines(tokens: readonly Token[]): Token[][] {
	const lines: Token[][] = [];
	for (const token of tokens) {
		const line = lines.at(-1);
		if (line && columnsOf(lineOf([...line, token])) <= lineColumns) line.push(token);
		else lines.push([token]);
	}
	return lines;
}

/** One line where it fits, else the two that differ least in length. */
function balancedLines(tokens: readonly Token[]): string[] {
	if (columnsOf(lineOf(tokens)) <= lineColumns) return [lineOf(tokens)];
	let best: string[] = greedyLines(tokens).map(lineOf);
	let bestColumns = Number.POSITIVE_INFINITY;
	for (let at = 1; at < tokens.length; at++) {
		const lines = [lineOf(tokens.slice(0, at)), lineOf(tokens.slice(at))];
		const columns = Math.max(...lines.map(columnsOf));
		if (columns < bestColumns) [best, bestColumns] = [lines, columns];
	}
	return best;
}

/**
 * Whole milliseconds, each cue starting where the one before has ended or later. A cue that is too
 * short to be read lasts into the silence after it.
 */
function timesInMs(cues: readonly Group[]): Cue[] {
	let reachedMs = 0;
	return cues.map(({ speaker, tokens }, index) => {
		const startSeconds = tokens[0]?.startSeconds ?? 0;
		const endSeconds = Math.min(tokens.at(-1)?.endSeconds ?? 0, startSeconds + longestSeconds);
		const nextSeconds = cues[index + 1]?.tokens[0]?.startSeconds ?? Number.POSITIVE_INFINITY;
		const startMs = Math.max(reachedMs, Math.round(startSeconds * 1000));
		const readableMs = Math.min(startMs + shortestMs, Math.round(nextSeconds * 1000));
		const endMs = Math.max(startMs + 1, Math.round(endSeconds * 1000), readableMs);
		reachedMs = endMs;
		return { startMs, endMs, speaker, lines: balancedLines(tokens) };
	});
}
