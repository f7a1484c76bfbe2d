import type { RecordingSummary } from "../../../src/server/contract/recording.ts";

/** What a recording is called: its title, else its file's name without the ending; null: it has neither. */
export function titleOf({
	title,
	originalFilename,
}: Pick<RecordingSummary, "title" | "originalFilename">): string | null {
	if (title !== null && title.trim() !== "") return title;
	return originalFilename?.replace(/\.[^.]{1,5}$/, "") ?? null;
}
