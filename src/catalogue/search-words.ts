import type { Recording, State, Status } from "../recording.ts";
import { statusOf } from "../recording.ts";
import { wordsOf } from "./words.ts";

/**
 * What stands in the search index for one recording. FTS5 is given no positions to keep: walking
 * them made a phrase of common words take 60 ms in a million recordings. In their place every two
 * neighbouring words leave one more entry, of two private characters; a phrase is looked up as the
 * pairs it consists of, and then confirmed in the text itself, because different pairs may share an
 * entry. Facets (state, status, tags, who speaks) are entries too: FTS5 leaps through them together with the
 * words, where a join would visit every match.
 *
 * All these begin with a private-use character, which no word contains. One or two characters are
 * too short for the prefix indexes, so pairs take no room there.
 */
const stateFacets: Record<State, string> = {
	pending: "\ue001",
	success: "\ue002",
	failed: "\ue003",
};
const archivedFacet = "\ue004";
const deletedFacet = "\ue005";
const tagFacet = "\ue006";
const speakerFacet = "\ue007";

export type SearchableFields = {
	title: string;
	description: string;
	tags: string;
	transcript: string;
};

export const searchableFields = ["title", "description", "tags", "transcript"] as const;

export function fieldsOf({ metadata, transcript }: Recording): SearchableFields {
	return {
		title: shownTitle(metadata.title, metadata.originalFilename),
		description: metadata.description ?? "",
		tags: metadata.tags.join(", "),
		transcript: transcript?.text ?? "",
	};
}

/** Where nobody gave a title, the file's name without its ending is shown for one, and found as one. */
export function shownTitle(title: string | null, originalFilename: string | null): string {
	return title ?? originalFilename?.replace(/\.[^.]{1,5}$/, "") ?? "";
}

/** Everything this recording is found by, separated by spaces. */
export function searchWords(recording: Recording): string {
	const { metadata } = recording;
	const entries = new Set<string>([stateFacets[metadata.state]]);
	const status = statusOf(metadata);
	if (status === "archived") entries.add(archivedFacet);
	if (status === "deleted") entries.add(deletedFacet);
	for (const tag of metadata.tags) entries.add(tagEntry(tag));
	for (const { label, name } of recording.transcript?.speakers ?? []) {
		for (const word of wordsOf(`${label} ${name ?? ""}`)) entries.add(speakerEntry(word));
	}
	const fields = fieldsOf(recording);
	for (const field of searchableFields) {
		let before: string | null = null;
		for (const word of wordsOf(fields[field])) {
			entries.add(word);
			if (before !== null) entries.add(pairEntry(before, word));
			before = word;
		}
	}
	return [...entries].join(" ");
}

/** What a recording in this state must have. */
export function stateEntry(state: State): string {
	return stateFacets[state];
}

/** What a recording of this status must and must not have; null: anything but deleted. */
export function statusEntries(status: Status | null): { having: string[]; lacking: string[] } {
	switch (status) {
		case null:
			return { having: [], lacking: [deletedFacet] };
		case "active":
			return { having: [], lacking: [deletedFacet, archivedFacet] };
		case "archived":
			return { having: [archivedFacet], lacking: [] };
		case "deleted":
			return { having: [deletedFacet], lacking: [] };
	}
}

export function anyStateEntries(): string[] {
	return Object.values(stateFacets);
}

export function tagEntry(tag: string): string {
	return tagFacet + Buffer.from(tag, "utf8").toString("hex");
}

/** One word of what somebody who speaks is called. */
export function speakerEntry(word: string): string {
	return speakerFacet + word;
}

/**
 * Two neighbouring words as one of 2^21 entries, by FNV-1a over their UTF-16 units and a final mix
 * (Fowler, Noll, Vo; draft-eastlake-fnv). Few enough that each is worth its place in the index,
 * and many enough that a wrong one is rare.
 */
export function pairEntry(first: string, second: string): string {
	let hash = 0x811c9dc5;
	for (let i = 0; i < first.length; i += 1) {
		hash = Math.imul(hash ^ first.charCodeAt(i), 0x01000193);
	}
	hash = Math.imul(hash ^ 0x20, 0x01000193);
	for (let i = 0; i < second.length; i += 1) {
		hash = Math.imul(hash ^ second.charCodeAt(i), 0x01000193);
	}
	hash ^= hash >>> 15;
	hash = Math.imul(hash, 0x2c1b3c6d);
	hash ^= hash >>> 12;
	return String.fromCharCode(0xe800 + ((hash >>> 10) & 0x7ff), 0xe800 + (hash & 0x3ff));
}
