import type { JobKind, JobState } from "../job.ts";
import type { JobOfRecording } from "./catalogue.ts";
import type { Reader } from "./reader.ts";

type JobRow = {
	id: number;
	kind: JobKind;
	state: JobState;
	parameters: string;
	deliveries: number;
	attempts: string;
	error_code: string | null;
	created_at: string;
	finished_at: string | null;
	due_at: string;
};

export async function jobsOf(reader: Reader, name: string): Promise<JobOfRecording[]> {
	const columns = `id, kind, state, parameters, deliveries, attempts, error_code, created_at,
		finished_at, strftime('%Y-%m-%dT%H:%M:%fZ', run_at, 'unixepoch') AS due_at`;
	const rows = await reader.all<JobRow>(
		// Each half has an index of its own; no index knows the jobs that are done by their recording.
		`SELECT ${columns} FROM jobs WHERE recording = ?1 AND state IN ('queued', 'running')
		UNION ALL SELECT ${columns} FROM jobs WHERE state = 'parked' AND recording = ?1
		ORDER BY id`,
		[name],
	);
	return rows.map((row) => ({
		...{ id: row.id, kind: row.kind, state: row.state, deliveries: row.deliveries },
		parameters: JSON.parse(row.parameters),
		dueAt: row.state === "queued" ? row.due_at : null,
		errorCode: row.error_code,
		createdAt: row.created_at,
		finishedAt: row.finished_at,
		attempts: JSON.parse(row.attempts),
	}));
}
