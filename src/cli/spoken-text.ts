import { saidBy } from "../export/said-by.ts";
import type { Recording } from "../recording.ts";
import type { Transcript } from "../transcript.ts";

/**
 * The text as it stands; where speakers were told apart, a line for each turn, with the name that
 * somebody gave or else the label: `Anna: …`.
 */
export function spokenText(recording: Recording, kept: Transcript | null): string {
	const { metadata, transcript } = recording;
	const text = transcript?.text ?? "";
	if (kept === null) return text;
	const turns = saidBy({ transcript: kept, metadata });
	if (turns.every(({ speaker }) => speaker === null)) return text;
	return turns
		.map(({ speaker, text: said }) => (speaker === null ? said : `${speaker}: ${said}`))
		.join("\n");
}
