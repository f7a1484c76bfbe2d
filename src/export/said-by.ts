import { plainName } from "../archive/speaker-name.ts";
import { nameOf, turnsInText } from "../archive/spoken-by.ts";
import type { Segment } from "../transcript.ts";
import { type ExportInput, plainText } from "./exporter.ts";

/** A stretch of the text that one person says. */
export type Said = {
	/** What they are called, on one line; null where nobody is named. */
	speaker: string | null;
	/** As it stands in the text, with LF as its only line break. */
	text: string;
	segments: Segment[];
};

/**
 * The text by who says it, in order; who has two labels and one name is one person. One stretch
 * without a name where speakers were not told apart, and where it is one person whom nobody named:
 * who dictates knows who spoke.
 */
export function saidBy({ transcript }: ExportInput): Said[] {
	const { segments, speakerNames = {} } = transcript;
	const text = plainText(transcript.text);
	const whole = { speaker: null, text, segments };
	const plain = segments.map((segment) => ({ ...segment, text: plainText(segment.text) }));
	const labels = new Set(segments.flatMap(({ speaker }) => speaker ?? []));
	const isNamed = [...labels].some((label) => nameOf(speakerNames, label) !== null);
	if (labels.size < 2 && !isNamed) return [whole];
	const stretches: (Said & { end: number })[] = [];
	for (const { label, start, end, segments: own } of turnsInText(text, plain) ?? []) {
		const speaker =
			label === null ? null : (nameOf(speakerNames, label) ?? (plainName(label) || null));
		const last = stretches.at(-1);
		if (!last || last.speaker !== speaker) {
			stretches.push({ speaker, text: text.slice(start, end), segments: [...own], end });
			continue;
		}
		last.text += text.slice(last.end, end);
		last.end = end;
		last.segments.push(...own);
	}
	const spoken = stretches.filter((said) => said.text !== "");
	return spoken.length > 0 ? spoken : [whole];
}
