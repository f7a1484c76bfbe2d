import type { Recording, Sha256 } from "../recording.ts";
import type { CatalogueDatabase, Count, DumpedRecording, Placed } from "./catalogue.ts";
import { sql } from "./kysely.ts";
import { list } from "./list.ts";
import { fromRow, recordingColumns } from "./recording-row.ts";

const mostCandidates = 11;
const pageRows = 1000;

export async function get(db: CatalogueDatabase, name: string): Promise<Recording | null> {
	const row = await db
		.selectFrom("recordings")
		.select(recordingColumns)
		.where("name", "=", name)
		.executeTakeFirst();
	return row ? fromRow(row) : null;
}

export async function resolve(db: CatalogueDatabase, reference: string): Promise<string[]> {
	if (reference === "") return [];
	if (reference === "last") {
		const { recordings } = await list(db, { limit: 1 });
		return recordings.map(({ metadata }) => metadata.name);
	}
	const exact = await db
		.selectFrom("recordings")
		.select("name")
		.where((where) => where.or([where("name", "=", reference), where("id", "=", reference)]))
		.limit(mostCandidates)
		.execute();
	if (exact.length > 0) return exact.map(({ name }) => name);
	const begun = await db
		.selectFrom("recordings")
		.select("name")
		.where("name", ">=", reference)
		// Names are ASCII: nothing that begins like this sorts after it.
		.where("name", "<", `${reference}\u{10ffff}`)
		.orderBy("name")
		.limit(mostCandidates)
		.execute();
	return begun.map(({ name }) => name);
}

export async function findByOriginalSha256(
	db: CatalogueDatabase,
	sha256s: readonly Sha256[],
): Promise<Map<Sha256, string>> {
	const rows = await db
		.selectFrom("recordings")
		.select(["original_sha256", "name"])
		.where(
			sql<boolean>`original_sha256 IN (SELECT value FROM json_each(${JSON.stringify(sha256s)}))`,
		)
		// The last entry of a map counts, and that is to be one that is not in the trash.
		.orderBy(sql`shelf <> 'trash'`)
		.orderBy("seq", "desc")
		.execute();
	return new Map(rows.map((row) => [row.original_sha256, row.name]));
}

export async function* shelves(db: CatalogueDatabase): AsyncIterable<Placed> {
	for (let after = ""; ; ) {
		const rows = await db
			.selectFrom("recordings")
			.select(["name", "shelf"])
			.where("name", ">", after)
			.orderBy("name")
			.limit(pageRows)
			.execute();
		yield* rows;
		const last = rows.at(-1);
		if (!last || rows.length < pageRows) return;
		after = last.name;
	}
}

export async function counts(db: CatalogueDatabase): Promise<Count[]> {
	const rows = await db
		.selectFrom("tallies")
		.selectAll()
		.where("recordings", ">", 0)
		.orderBy("status")
		.orderBy("state")
		.execute();
	return rows.map((row) => ({
		status: row.status,
		state: row.state,
		recordings: row.recordings,
		sizeBytes: row.size_bytes,
		durationSeconds: row.duration_microseconds / 1e6,
	}));
}

export async function* dump(db: CatalogueDatabase): AsyncIterable<DumpedRecording> {
	for (let after = ""; ; ) {
		const rows = await db
			.selectFrom("recordings")
			.selectAll()
			.select(
				sql<string>`(SELECT json_group_array(json_array(tag, status, state) ORDER BY tag)
					FROM recording_tags WHERE recording_tags.seq = recordings.seq)`.as("tags"),
			)
			.where("name", ">", after)
			.orderBy("name")
			.limit(pageRows / 10)
			.execute();
		for (const { seq: _, ...row } of rows) yield row;
		const last = rows.at(-1);
		if (!last) return;
		after = last.name;
	}
}
