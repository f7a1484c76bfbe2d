import type { Recording, Sha256 } from "../recording.ts";
import type { Count, DumpedRecording, MonthCount, OpenChange, Placed } from "./catalogue.ts";
import { list } from "./list.ts";
import type { Reader } from "./reader.ts";
import { fromRow, recordingColumns, type StoredRecording } from "./recording-row.ts";
import type { RecordingsTable, TalliesTable } from "./schema.ts";

const mostCandidates = 11;
const placesInPage = 1000;
const recordingsInPage = 100;

export async function get(reader: Reader, name: string): Promise<Recording | null> {
	const [row] = await reader.all<StoredRecording>(
		`SELECT ${recordingColumns} FROM recordings WHERE name = ?`,
		[name],
	);
	return row ? fromRow(row) : null;
}

export async function resolve(reader: Reader, reference: string): Promise<string[]> {
	if (reference === "") return [];
	if (reference === "last") {
		const { recordings } = await list(reader, { limit: 1 });
		return recordings.map(({ metadata }) => metadata.name);
	}
	const exact = await reader.all<{ name: string }>(
		"SELECT name FROM recordings WHERE name = ? UNION SELECT name FROM recordings WHERE id = ?",
		[reference, reference],
	);
	if (exact.length > 0) return exact.map(({ name }) => name);
	const begun = await reader.all<{ name: string }>(
		"SELECT name FROM recordings WHERE name >= ? AND name < ? ORDER BY name LIMIT ?",
		// Names are ASCII: nothing that begins like this sorts after it.
		[reference, `${reference}\u{10ffff}`, mostCandidates],
	);
	return begun.map(({ name }) => name);
}

export async function findByOriginalSha256(
	reader: Reader,
	sha256s: readonly Sha256[],
): Promise<Map<Sha256, string>> {
	// The last entry of a map counts, and that is to be one that is not in the trash.
	const rows = await reader.all<{ sha256: Sha256; name: string }>(
		`SELECT original_sha256 AS sha256, name FROM recordings
		WHERE original_sha256 IN (SELECT value FROM json_each(?))
		ORDER BY shelf <> 'trash', seq DESC`,
		[JSON.stringify(sha256s)],
	);
	return new Map(rows.map(({ sha256, name }) => [sha256, name]));
}

export async function* shelves(reader: Reader): AsyncIterable<Placed> {
	for (let after = ""; ; ) {
		const rows = await reader.all<Placed>(
			"SELECT name, shelf FROM recordings WHERE name > ? ORDER BY name LIMIT ?",
			[after, placesInPage],
		);
		yield* rows;
		const last = rows.at(-1);
		if (!last || rows.length < placesInPage) return;
		after = last.name;
	}
}

export async function counts(reader: Reader): Promise<Count[]> {
	const rows = await reader.all<TalliesTable>(
		"SELECT * FROM tallies WHERE recordings > 0 ORDER BY status, state",
	);
	return rows.map((row) => ({
		status: row.status,
		state: row.state,
		recordings: row.recordings,
		sizeBytes: row.size_bytes,
		durationSeconds: row.duration_microseconds / 1e6,
	}));
}

export async function months(reader: Reader): Promise<MonthCount[]> {
	type Row = Omit<MonthCount, "durationSeconds"> & { microseconds: number };
	const rows = await reader.all<Row>(
		`SELECT month, source, status, recordings, size_bytes AS sizeBytes,
			duration_microseconds AS microseconds
		FROM months WHERE recordings > 0 ORDER BY month, source, status`,
	);
	return rows.map(({ microseconds, ...row }) => ({
		...row,
		durationSeconds: microseconds / 1e6,
	}));
}

export async function bytesSince(reader: Reader, time: Date): Promise<number> {
	const [row] = await reader.all<{ bytes: number }>(
		`SELECT ifnull(sum(size_bytes), 0) AS bytes FROM recordings
		WHERE seq >= ? AND status <> 'deleted'`,
		[time.getTime() * 1000],
	);
	return row?.bytes ?? 0;
}

export async function openChanges(reader: Reader): Promise<OpenChange[]> {
	return reader.all("SELECT name, writer, started_at AS startedAt FROM changes ORDER BY name");
}

export async function* dump(reader: Reader): AsyncIterable<DumpedRecording> {
	for (let after = ""; ; ) {
		const rows = await reader.all<RecordingsTable & { indexed_tags: string }>(
			`SELECT recordings.*, (
				SELECT json_group_array(json_array(tag, status, state) ORDER BY tag)
				FROM recording_tags WHERE recording_tags.seq = recordings.seq
			) AS indexed_tags FROM recordings WHERE name > ? ORDER BY name LIMIT ?`,
			[after, recordingsInPage],
		);
		for (const { seq: _, ...row } of rows) yield row;
		const last = rows.at(-1);
		if (!last || rows.length < recordingsInPage) return;
		after = last.name;
	}
}
