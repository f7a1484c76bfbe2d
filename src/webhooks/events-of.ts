import { createHash } from "node:crypto";
import type { FeedEntry } from "../catalogue/catalogue.ts";

/** What a change of a recording's place means to somebody outside; null: nothing. */
export function eventOf({ subject, shelfBefore, shelfAfter }: FeedEntry) {
	if (subject !== "recording" || shelfBefore === shelfAfter) return null;
	if (shelfBefore === null) return "recording.created";
	if (shelfAfter === null) return "recording.purged";
	if (shelfAfter === "trash") return "recording.trashed";
	if (shelfBefore === "trash") return null;
	if (shelfAfter === "success") return "recording.transcribed";
	if (shelfAfter === "failed") return "recording.failed";
	return null;
}

/** The same event for the same receiver has the same id, however often it is worked out. */
export function deliveryId(epoch: string, number: number, url: string): string {
	const hash = createHash("sha256").update(`${epoch} ${number} ${url}`).digest("hex");
	return `evt_${hash.slice(0, 24)}`;
}
