import type { Migration } from "./migration.ts";

/** Append-only: what is here has been run on people's libraries. A change is a new migration. */
export const initial: Migration = {
	version: 1,
	name: "initial",
	sql: `
CREATE TABLE recordings (
	seq INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	id TEXT NOT NULL UNIQUE,
	shelf TEXT NOT NULL,
	state TEXT NOT NULL,
	status TEXT NOT NULL,
	title TEXT,
	description TEXT,
	source TEXT NOT NULL,
	original_filename TEXT,
	audio_file TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	original_sha256 TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	mime_type TEXT NOT NULL,
	codec TEXT,
	duration_seconds REAL,
	sample_rate INTEGER,
	channels INTEGER,
	bit_depth INTEGER,
	created_at TEXT NOT NULL,
	modified_at TEXT NOT NULL,
	app_version TEXT NOT NULL,
	retention TEXT,
	error_code TEXT,
	error_message TEXT,
	engine TEXT,
	tags TEXT NOT NULL,
	text TEXT,
	original_text TEXT,
	metadata TEXT NOT NULL
) STRICT;
-- The primary key is a row's last column in every index, so each of these is also in time order.
CREATE INDEX recordings_by_state ON recordings (status, state);
CREATE INDEX recordings_by_original ON recordings (original_sha256);
CREATE INDEX recordings_by_shelf ON recordings (name, shelf);

CREATE TABLE recording_tags (
	tag TEXT NOT NULL,
	status TEXT NOT NULL,
	state TEXT NOT NULL,
	seq INTEGER NOT NULL REFERENCES recordings (seq) ON DELETE CASCADE,
	PRIMARY KEY (tag, status, state, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX recording_tags_by_recording ON recording_tags (seq);

-- What stands in it is made by search-words.ts: folded words, pairs of words in place of positions,
-- and facets. So it holds recordings' numbers only, and FTS5 has nothing left to do but to split at
-- spaces, which its ascii tokenizer does and leaves all other letters alone.
CREATE VIRTUAL TABLE search USING fts5 (
	words, content = '', contentless_delete = 1, detail = none, tokenize = ascii, prefix = '3 4'
);
CREATE VIRTUAL TABLE search_terms USING fts5vocab (search, instance);

CREATE TABLE tallies (
	status TEXT NOT NULL,
	state TEXT NOT NULL,
	recordings INTEGER NOT NULL,
	size_bytes INTEGER NOT NULL,
	duration_microseconds INTEGER NOT NULL,
	PRIMARY KEY (status, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER recordings_counted AFTER INSERT ON recordings BEGIN
	INSERT INTO tallies VALUES (new.status, new.state, 1, new.size_bytes,
		CAST(round(ifnull(new.duration_seconds, 0) * 1e6) AS INTEGER))
	ON CONFLICT DO UPDATE SET recordings = recordings + 1, size_bytes = size_bytes + excluded.size_bytes,
		duration_microseconds = duration_microseconds + excluded.duration_microseconds;
END;
CREATE TRIGGER recordings_uncounted AFTER DELETE ON recordings BEGIN
	UPDATE tallies SET recordings = recordings - 1, size_bytes = size_bytes - old.size_bytes,
		duration_microseconds = duration_microseconds
			- CAST(round(ifnull(old.duration_seconds, 0) * 1e6) AS INTEGER)
	WHERE status = old.status AND state = old.state;
END;
CREATE TRIGGER recordings_recounted AFTER UPDATE OF status, state, size_bytes, duration_seconds ON recordings BEGIN
	UPDATE tallies SET recordings = recordings - 1, size_bytes = size_bytes - old.size_bytes,
		duration_microseconds = duration_microseconds
			- CAST(round(ifnull(old.duration_seconds, 0) * 1e6) AS INTEGER)
	WHERE status = old.status AND state = old.state;
	INSERT INTO tallies VALUES (new.status, new.state, 1, new.size_bytes,
		CAST(round(ifnull(new.duration_seconds, 0) * 1e6) AS INTEGER))
	ON CONFLICT DO UPDATE SET recordings = recordings + 1, size_bytes = size_bytes + excluded.size_bytes,
		duration_microseconds = duration_microseconds + excluded.duration_microseconds;
END;

CREATE TABLE changes (
	name TEXT PRIMARY KEY,
	writer TEXT NOT NULL,
	started_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	recording TEXT NOT NULL,
	kind TEXT NOT NULL,
	parameters TEXT NOT NULL DEFAULT '{}',
	state TEXT NOT NULL DEFAULT 'queued',
	run_at REAL NOT NULL,
	deliveries INTEGER NOT NULL DEFAULT 0,
	attempts TEXT NOT NULL DEFAULT '[]',
	token TEXT,
	lease_until REAL,
	writer TEXT,
	error_code TEXT,
	created_at TEXT NOT NULL,
	finished_at TEXT
) STRICT;
CREATE UNIQUE INDEX jobs_one_open ON jobs (recording, kind) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_to_claim ON jobs (state, run_at);
`,
};
