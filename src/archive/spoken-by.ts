import type { SpokenBy } from "../recording.ts";
import type { Segment, Transcript } from "../transcript.ts";
import { plainName } from "./speaker-name.ts";

/** A stretch of neighbouring segments of one speaker, and where it stands in the text. */
export type TurnInText = {
	/** Null where nobody is known to speak. */
	label: string | null;
	/** UTF-16 offsets into the text, without the white space around. */
	start: number;
	end: number;
	segments: Segment[];
};

/**
 * A transcript's text by who says it, in order; null where text and segments do not say the same,
 * white space aside.
 */
export function turnsInText(text: string, segments: readonly Segment[]): TurnInText[] | null {
	const turns: TurnInText[] = [];
	let at = skipSpace(text, 0);
	for (const segment of segments) {
		const end = typeof segment.text === "string" ? endOf(text, at, segment.text) : null;
		if (end === null) return null;
		const label = typeof segment.speaker === "string" ? segment.speaker : null;
		const last = turns.at(-1);
		if (last && last.label === label) {
			last.end = Math.max(last.end, end);
			last.segments.push(segment);
		} else turns.push({ label, start: at, end, segments: [segment] });
		at = skipSpace(text, end);
	}
	return at === text.length ? turns : null;
}

/**
 * Who says which parts of a transcript's text; empty where there are no labels. Where text and
 * segments do not say the same, each of them may have said all of it.
 */
export function spokenBy({
	text,
	segments,
	speakerNames = {},
}: Pick<Transcript, "text" | "segments" | "speakerNames">): SpokenBy[] {
	// The file may have been written by anybody.
	if (!Array.isArray(segments) || !segments.some(({ speaker }) => typeof speaker === "string")) {
		return [];
	}
	const turns = turnsInText(text, segments);
	const speakers = new Map<string, SpokenBy>();
	for (const { label, start, end } of turns ?? wholeTexts(text, segments)) {
		if (label === null) continue;
		const name = nameOf(speakerNames, label);
		const speaker = speakers.get(label) ?? { label, name, ranges: [] };
		speaker.ranges.push([start, end]);
		speakers.set(label, speaker);
	}
	return [...speakers.values()];
}

/** What a person calls whoever has this label; null where nobody said. */
export function nameOf(names: Readonly<Record<string, string>>, label: string): string | null {
	const name = Object.hasOwn(names, label) ? names[label] : null;
	return typeof name === "string" ? plainName(name) || null : null;
}

function wholeTexts(text: string, segments: readonly Segment[]) {
	const labels = new Set(segments.flatMap(({ speaker }) => speaker ?? []));
	return Array.from(labels, (label) => ({ label, start: 0, end: text.length }));
}

/** Where a piece ends that stands at this place, white space aside; null where another one does. */
function endOf(text: string, start: number, piece: string): number | null {
	let end = start;
	for (const character of piece) {
		if (/\s/.test(character)) continue;
		end = skipSpace(text, end);
		if (!text.startsWith(character, end)) return null;
		end += character.length;
	}
	return end;
}

function skipSpace(text: string, at: number): number {
	let next = at;
	while (next < text.length && /\s/.test(text.charAt(next))) next += 1;
	return next;
}
