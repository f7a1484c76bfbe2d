import { OnwaxError } from "../errors.ts";
import type { Recording } from "../recording.ts";
import type { CatalogueDatabase } from "./catalogue.ts";
import { loadKysely, sql } from "./kysely.ts";
import { type RecordingRow, recordingRow, seqOfName } from "./recording-row.ts";
import { searchWords } from "./search-words.ts";
import { forgetOpenJobs, setJobsAside, takeJobsUp } from "./trashed-jobs.ts";

/**
 * Puts these rows in place of what was there, by name. To be called in a transaction. Whoever trashes
 * or restores comes by here, healing after a crash included: so this is where the work on them stops
 * and goes on.
 */
export async function putRecordings(
	tx: CatalogueDatabase,
	recordings: readonly Recording[],
): Promise<void> {
	// Of one name given twice, the later one counts.
	const byName = new Map(recordings.map((recording) => [recording.metadata.name, recording]));
	const known = await knownRows(tx, [...byName.keys()]);
	for (const [name, recording] of byName) {
		const row = recordingRow(recording);
		const old = known.get(name);
		const seq = old?.seq ?? (await freeSeq(tx, seqOfName(name)));
		await writeRow(tx, seq, row);
		if (row.status === "deleted") await setJobsAside(tx, name);
		else if (old?.status === "deleted") await takeJobsUp(tx, name);
		const { tags } = recording.metadata;
		if (old && (old.tags !== row.tags || old.status !== row.status || old.state !== row.state)) {
			await run(tx, deleteTags, [seq]);
		}
		for (const tag of tags) {
			await run(tx, insertTag, [tag, row.status, row.state, seq]);
		}
		if (!old || !sameWords(old, row)) {
			await run(tx, replaceWords, [seq, searchWords(recording)]);
		}
	}
}

export async function removeRecordings(
	tx: CatalogueDatabase,
	names: readonly string[],
): Promise<void> {
	for (const { seq } of (await knownRows(tx, names)).values()) {
		await run(tx, "DELETE FROM search WHERE rowid = ?", [seq]);
		await run(tx, deleteTags, [seq]);
		await run(tx, "DELETE FROM recordings WHERE seq = ?", [seq]);
	}
	for (const name of names) await forgetOpenJobs(tx, name);
}

/**
 * One step of merging the search index's parts into one, a few megabytes of writing. True: there is
 * nothing left to merge. (FTS5's `merge` command; a negative number begins, a positive one goes on;
 * it counts as fewer than two changes when it had nothing to do.)
 */
export async function mergeSearchIndex(tx: CatalogueDatabase, begin: boolean): Promise<boolean> {
	const changes = async () => {
		const { rows } = await sql<{ n: number }>`SELECT total_changes() AS n`.execute(tx);
		return rows[0]?.n ?? 0;
	};
	const before = await changes();
	await run(tx, mergeWords, [begin ? -pagesInMerge : pagesInMerge]);
	return (await changes()) - before < 2;
}

const pagesInMerge = 1000;
const mergeWords = "INSERT INTO search (search, rank) VALUES ('merge', ?)";

// Statements that run thousands of times in one transaction are spelled out once, not built.
const insertTag =
	"INSERT OR IGNORE INTO recording_tags (tag, status, state, seq) VALUES (?, ?, ?, ?)";
const deleteTags = "DELETE FROM recording_tags WHERE seq = ?";
const isTaken = "SELECT 1 FROM recordings WHERE seq = ?";
const replaceWords = "INSERT OR REPLACE INTO search (rowid, words) VALUES (?, ?)";

let upsert: { sql: string; columns: (keyof RecordingRow)[] } | null = null;

async function writeRow(tx: CatalogueDatabase, seq: number, row: RecordingRow): Promise<void> {
	upsert ??= upsertOf(Object.keys(row) as (keyof RecordingRow)[]);
	const values = upsert.columns.map((column) => row[column] ?? null);
	try {
		await run(tx, upsert.sql, [seq, ...values]);
	} catch (error) {
		if (!(error instanceof OnwaxError) || !error.message.includes("recordings.id")) throw error;
		throw new OnwaxError("ERR_CONFLICT", `Another recording has the id of ${row.name}.`, {
			hint: "Two folders seem to be copies of one recording; move one of them away.",
			cause: error,
		});
	}
}

function upsertOf(columns: (keyof RecordingRow)[]) {
	const replaced = columns.map((column) => `${column} = excluded.${column}`).join(", ");
	return {
		columns,
		sql: `INSERT INTO recordings (seq, ${columns.join(", ")})
			VALUES (?${", ?".repeat(columns.length)}) ON CONFLICT (name) DO UPDATE SET ${replaced}`,
	};
}

type KnownRow = {
	seq: number;
	name: string;
	status: string;
	state: string;
	title: string | null;
	description: string | null;
	text: string | null;
	speakers: string | null;
	tags: string;
};

async function knownRows(
	tx: CatalogueDatabase,
	names: readonly string[],
): Promise<Map<string, KnownRow>> {
	const rows = await tx
		.selectFrom("recordings")
		.select(["seq", "name", "status", "state", "title", "description", "tags", "text", "speakers"])
		.where(sql<boolean>`name IN (SELECT value FROM json_each(${JSON.stringify(names)}))`)
		.execute();
	return new Map(rows.map((row) => [row.name, row]));
}

function run(tx: CatalogueDatabase, text: string, parameters: unknown[]) {
	return tx.executeQuery(loadKysely().CompiledQuery.raw(text, parameters));
}

/** The first place in the order, from the wanted one on, that nobody has. */
async function freeSeq(tx: CatalogueDatabase, wanted: number): Promise<number> {
	for (let seq = wanted; ; seq += 1) {
		const { rows } = await run(tx, isTaken, [seq]);
		if (rows.length === 0) return seq;
	}
}

function sameWords(old: KnownRow, row: RecordingRow): boolean {
	return (
		old.status === row.status &&
		old.state === row.state &&
		old.title === row.title &&
		old.description === row.description &&
		old.text === row.text &&
		old.speakers === row.speakers &&
		old.tags === row.tags
	);
}
