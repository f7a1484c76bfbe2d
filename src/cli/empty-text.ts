import { isIncomplete } from "../app/incomplete.ts";
import type { Recording } from "../recording.ts";

/** What stands for a text without a word. That nobody spoke is said only where that is known. */
export function emptyText({ metadata }: Pick<Recording, "metadata">): string {
	const coverage = metadata.transcription?.coverage ?? null;
	if (coverage === null) return "(no words)";
	return isIncomplete(coverage) ? "(no words, though somebody speaks)" : "(nothing was said)";
}
