import { isIncomplete } from "../app/incomplete.ts";
import type { Recording, State } from "../recording.ts";
import { formatDuration } from "./duration.ts";
import { emptyText } from "./empty-text.ts";
import type { Output, Sheet, Style } from "./output.ts";
import { shortened } from "./shortened.ts";
import { visible } from "./visible.ts";
import { formatWhen } from "./when.ts";
import { displayWidth, padEnd, padStart, truncate } from "./width.ts";

const stateStyle: Record<State, Style> = { pending: "yellow", success: "green", failed: "red" };

export function paintState(sheet: Sheet, state: State): string {
	return sheet.paint(stateStyle[state], state);
}

/** What people call it: its title, else the file that it came from. */
export function titleOf({ metadata }: Recording): string | null {
	return metadata.title ?? metadata.originalFilename;
}

const secondsLength = "2026-11-20_19-03-11".length;

/**
 * Beginnings of names that tell these recordings apart, all equally long: up to the second where
 * that suffices. Where nobody looks (a pipe), the whole name.
 */
export function shortNames(sheet: Sheet, names: readonly string[]): Map<string, string> {
	const longest = Math.max(secondsLength, ...names.map((name) => name.length));
	let length = sheet.isTerminal ? secondsLength : longest;
	while (
		length < longest &&
		new Set(names.map((name) => name.slice(0, length))).size < names.length
	)
		length += 1;
	return new Map(names.map((name) => [name, name.slice(0, length)]));
}

/** Beside the state of a text that is not whole. */
const incompleteMark = "!";

export function isMarked({ metadata }: Recording): boolean {
	return isIncomplete(metadata.transcription?.coverage);
}

/** What the mark in a table means; to be told where it was shown. */
export function markLegend({ err }: Output): string {
	const text = "not whole: something said is not in the text. `onwax show REC` tells where.";
	return `${err.paint("yellow", incompleteMark)} ${err.paint("dim", text)}`;
}

/**
 * Recordings as a table: one line each, as wide as the terminal.
 *
 * @returns whether one has the mark of a text that is not whole
 */
export function writeTable(output: Output, recordings: readonly Recording[]): boolean {
	const { out } = output;
	const names = shortNames(
		out,
		recordings.map(({ metadata }) => metadata.name),
	);
	const roomy = out.width >= 80;
	const now = new Date();
	const rows = recordings.map((recording) => ({
		recording,
		name: names.get(recording.metadata.name) ?? recording.metadata.name,
		duration: formatDuration(recording.metadata.audio.durationSeconds),
		when: roomy ? formatWhen(recording.metadata.createdAt, now) : "",
		mark: isMarked(recording) ? ` ${out.paint("yellow", incompleteMark)}` : "  ",
	}));
	// The column is there only where it says something.
	const hasMarks = recordings.some(isMarked);
	const stateWidth = hasMarks ? 9 : 7;
	const widest = (key: "name" | "duration" | "when") =>
		Math.max(0, ...rows.map((row) => displayWidth(row[key])));
	const columns = { name: widest("name"), duration: widest("duration"), when: widest("when") };
	const used =
		columns.name + columns.duration + stateWidth + (roomy ? columns.when + 2 : 0) + 3 * 2;
	for (const { recording, name, duration, when, mark } of rows) {
		const { state } = recording.metadata;
		const facts = [padStart(duration, columns.duration)];
		if (roomy) facts.push(padEnd(when, columns.when));
		const { shown, below } = about(out, recording, out.isTerminal ? out.width - used : null);
		output.line(
			[
				padEnd(name, columns.name),
				out.paint(stateStyle[state], padEnd(state, 7)) + (hasMarks ? mark : ""),
				...facts.map((text) => out.paint("dim", text)),
				shown,
			].join("  "),
		);
		if (below !== null) output.line(`    ${below}`);
	}
	return hasMarks;
}

/** Where nobody looks at the width, texts are still beginnings only. */
const longestText = 120;

/**
 * Title, tags, and in what room is left the beginning of the text, or why there is none. A reason
 * that would be cut short goes below.
 */
function about(
	out: Sheet,
	recording: Recording,
	room: number | null,
): { shown: string; below: string | null } {
	const { metadata, transcript } = recording;
	const parts: { text: string; style: Style }[] = [];
	const title = metadata.title ?? metadata.originalFilename;
	if (title !== null) parts.push({ text: visible(title), style: "bold" });
	for (const tag of metadata.tags) parts.push({ text: `#${visible(tag)}`, style: "cyan" });
	let below: string | null = null;
	if (metadata.state === "failed" && metadata.error) {
		const reason = visible(oneLine(shortened(metadata.error)));
		const taken = parts.reduce((sum, { text }) => sum + displayWidth(text) + 2, 0);
		const fits = room === null || taken + displayWidth(reason) <= room;
		if (fits) parts.push({ text: reason, style: "red" });
		else below = out.paint("red", truncate(reason, out.width - 4));
	} else if (transcript) {
		const text = visible(oneLine(transcript.text.slice(0, 400))) || emptyText(recording);
		parts.push({ text: room === null ? truncate(text, longestText) : text, style: "dim" });
	}
	const shown: string[] = [];
	let left = room ?? Number.POSITIVE_INFINITY;
	for (const { text, style } of parts) {
		if (left < 6) break;
		const cut = truncate(text, left);
		shown.push(out.paint(style, cut));
		left -= displayWidth(cut) + 2;
	}
	return { shown: shown.join("  "), below };
}

export function oneLine(text: string): string {
	return text.replace(/\s+/g, " ").trim();
}
