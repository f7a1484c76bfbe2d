import type { Recording, State } from "../recording.ts";
import { formatDuration } from "./duration.ts";
import type { Output, Sheet, Style } from "./output.ts";
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

/** Recordings as a table: one line each, as wide as the terminal. */
export function writeTable(output: Output, recordings: readonly Recording[]): void {
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
	}));
	const widest = (key: "name" | "duration" | "when") =>
		Math.max(0, ...rows.map((row) => displayWidth(row[key])));
	const columns = { name: widest("name"), duration: widest("duration"), when: widest("when") };
	for (const { recording, name, duration, when } of rows) {
		const { state } = recording.metadata;
		const before = [
			padEnd(name, columns.name),
			padStart(duration, columns.duration),
			...(roomy ? [padEnd(when, columns.when)] : []),
		];
		const used = columns.name + columns.duration + 7 + (roomy ? columns.when + 2 : 0) + 3 * 2;
		const [head = "", ...others] = before;
		output.line(
			[
				head,
				out.paint(stateStyle[state], padEnd(state, 7)),
				...others.map((text) => out.paint("dim", text)),
				about(output, recording, out.isTerminal ? out.width - used : Number.POSITIVE_INFINITY),
			].join("  "),
		);
	}
}

/** Title, tags, and in what room is left the beginning of the text, or why there is none. */
function about({ out }: Output, recording: Recording, room: number): string {
	const { metadata, transcript } = recording;
	const parts: { text: string; style: Style }[] = [];
	const title = titleOf(recording);
	if (title !== null) parts.push({ text: visible(title), style: "bold" });
	for (const tag of metadata.tags) parts.push({ text: `#${visible(tag)}`, style: "cyan" });
	if (metadata.state === "failed" && metadata.error) {
		parts.push({ text: visible(oneLine(metadata.error.message)), style: "red" });
	} else if (transcript) {
		const text = visible(oneLine(transcript.text.slice(0, 400))) || "(silence)";
		parts.push({ text, style: "dim" });
	}
	const shown: string[] = [];
	let left = room;
	for (const { text, style } of parts) {
		if (left < 6) break;
		const cut = Number.isFinite(left) ? truncate(text, left) : truncate(text, 120);
		shown.push(out.paint(style, cut));
		left -= displayWidth(cut) + 2;
	}
	return shown.join("  ");
}

export function oneLine(text: string): string {
	return text.replace(/\s+/g, " ").trim();
}
