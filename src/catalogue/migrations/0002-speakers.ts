import type { Migration } from "./migration.ts";

/** Who says which part of a text: recordings that were there before have nobody told apart. */
export const speakers: Migration = {
	version: 2,
	name: "speakers",
	sql: "ALTER TABLE recordings ADD COLUMN speakers TEXT;",
};
