import type { RecordingSummary } from "../../../src/server/contract/recording.ts";

/** Null: nothing that anybody would have to know. */
export function doubtsOf({ coverage }: RecordingSummary): string | null {
	if (coverage === null) return null;
	const { gaps, loops, unheard, failedWindows } = coverage;
	const places = gaps + loops + unheard + failedWindows;
	if (places === 0) return null;
	if (gaps === places) {
		return places === 1
			? "Words may be missing in one place"
			: `Words may be missing in ${places} places`;
	}
	return places === 1 ? "One place is doubtful" : `${places} places are doubtful`;
}

/** A sentence without its point, to stand beside others. */
export function withoutPoint(sentence: string): string {
	return sentence.replace(/\.$/, "");
}
