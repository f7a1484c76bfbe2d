import type { Migration } from "./migration.ts";

/**
 * What is kept by month and by where it came from, so that a chart of it costs the same however many
 * recordings there are. Triggers keep it, as they keep `tallies`.
 */
export const months: Migration = {
	version: 4,
	name: "months",
	sql: `
CREATE TABLE months (
	month TEXT NOT NULL,
	source TEXT NOT NULL,
	status TEXT NOT NULL,
	recordings INTEGER NOT NULL,
	size_bytes INTEGER NOT NULL,
	duration_microseconds INTEGER NOT NULL,
	PRIMARY KEY (month, source, status)
) STRICT, WITHOUT ROWID;
INSERT INTO months SELECT substr(name, 1, 7), source, status, count(*), sum(size_bytes),
	sum(CAST(round(ifnull(duration_seconds, 0) * 1e6) AS INTEGER))
FROM recordings GROUP BY 1, 2, 3;
CREATE TRIGGER months_counted AFTER INSERT ON recordings BEGIN
	INSERT INTO months VALUES (substr(new.name, 1, 7), new.source, new.status, 1, new.size_bytes,
		CAST(round(ifnull(new.duration_seconds, 0) * 1e6) AS INTEGER))
	ON CONFLICT DO UPDATE SET recordings = recordings + 1, size_bytes = size_bytes + excluded.size_bytes,
		duration_microseconds = duration_microseconds + excluded.duration_microseconds;
END;
CREATE TRIGGER months_uncounted AFTER DELETE ON recordings BEGIN
	UPDATE months SET recordings = recordings - 1, size_bytes = size_bytes - old.size_bytes,
		duration_microseconds = duration_microseconds
			- CAST(round(ifnull(old.duration_seconds, 0) * 1e6) AS INTEGER)
	WHERE month = substr(old.name, 1, 7) AND source = old.source AND status = old.status;
END;
CREATE TRIGGER months_recounted AFTER UPDATE OF name, source, status, size_bytes, duration_seconds
ON recordings BEGIN
	UPDATE months SET recordings = recordings - 1, size_bytes = size_bytes - old.size_bytes,
		duration_microseconds = duration_microseconds
			- CAST(round(ifnull(old.duration_seconds, 0) * 1e6) AS INTEGER)
	WHERE month = substr(old.name, 1, 7) AND source = old.source AND status = old.status;
	INSERT INTO months VALUES (substr(new.name, 1, 7), new.source, new.status, 1, new.size_bytes,
		CAST(round(ifnull(new.duration_seconds, 0) * 1e6) AS INTEGER))
	ON CONFLICT DO UPDATE SET recordings = recordings + 1, size_bytes = size_bytes + excluded.size_bytes,
		duration_microseconds = duration_microseconds + excluded.duration_microseconds;
END;
`,
};
