import type { ColumnType, Generated } from "kysely";
import type { JobKind, JobState } from "../job.ts";
import type { Shelf, Source, State, Status } from "../recording.ts";

/** The catalogue's tables as Kysely's types; the SQL is in migrations/. */
export type CatalogueTables = {
	recordings: RecordingsTable;
	recording_tags: RecordingTagsTable;
	search: SearchTable;
	search_terms: SearchTermsTable;
	tallies: TalliesTable;
	changes: ChangesTable;
	jobs: JobsTable;
};

export type RecordingsTable = {
	/** Microseconds since the epoch, as in the name; one more where two names share them. */
	seq: number;
	name: string;
	id: string;
	shelf: Shelf;
	state: State;
	status: Status;
	title: string | null;
	description: string | null;
	source: Source;
	original_filename: string | null;
	audio_file: string;
	/** Of the audio file that lies in the folder now. */
	sha256: string;
	/** Of the audio as it came in. */
	original_sha256: string;
	size_bytes: number;
	mime_type: string;
	codec: string | null;
	duration_seconds: number | null;
	sample_rate: number | null;
	channels: number | null;
	bit_depth: number | null;
	created_at: string;
	modified_at: string;
	app_version: string;
	retention: string | null;
	error_code: string | null;
	error_message: string | null;
	engine: string | null;
	/** JSON array, as in the metadata; `recording_tags` is for finding. */
	tags: string;
	/** Null: no transcript. */
	text: string | null;
	/** Null where it is the same as the text. */
	original_text: string | null;
	/** JSON array of SpokenBy. Null where speakers were not told apart. */
	speakers: string | null;
	/** The whole metadata.json, without its checksum. */
	metadata: string;
};

export type RecordingTagsTable = { tag: string; status: Status; state: State; seq: number };

/** FTS5 without content: what a recording is found by. The rowid is the recording's `seq`. */
export type SearchTable = { rowid: number; words: string };

/** Every word of `search`, once for each recording that has it; for seeking, not for scanning. */
export type SearchTermsTable = { term: string };

/** Kept by triggers on `recordings`. */
export type TalliesTable = {
	status: Status;
	state: State;
	recordings: number;
	size_bytes: number;
	/** Whole numbers add up without drifting. */
	duration_microseconds: number;
};

export type ChangesTable = { name: string; writer: string; started_at: string };

export type JobsTable = {
	id: Generated<number>;
	/** Name of the recording. */
	recording: string;
	kind: JobKind;
	/** JSON object of strings. */
	parameters: ColumnType<string, string | undefined, string>;
	state: ColumnType<JobState, JobState | undefined, JobState>;
	/** Seconds since the epoch, by the database's clock. */
	run_at: number;
	deliveries: ColumnType<number, number | undefined, number>;
	/** JSON array of Attempt. */
	attempts: ColumnType<string, string | undefined, string>;
	token: string | null;
	/** Seconds since the epoch, by the database's clock. */
	lease_until: number | null;
	writer: string | null;
	error_code: string | null;
	/** ISO 8601. */
	created_at: string;
	finished_at: string | null;
};
