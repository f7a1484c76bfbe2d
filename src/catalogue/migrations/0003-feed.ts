import type { Migration } from "./migration.ts";

/**
 * What has changed, in the order in which it was committed: a page that was away for a moment asks
 * for what came after the last number it saw. Triggers write it, so that every process's changes
 * are in it. Only the newest ten thousand entries are kept.
 *
 * Numbers are only worth something within one catalogue: `feed_epoch` tells one from another.
 */
export const feed: Migration = {
	version: 3,
	name: "feed",
	sql: `
CREATE TABLE feed (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	subject TEXT NOT NULL,
	name TEXT NOT NULL,
	shelf_before TEXT,
	shelf_after TEXT
) STRICT;
CREATE TABLE feed_epoch (epoch TEXT NOT NULL) STRICT;
INSERT INTO feed_epoch VALUES (lower(hex(randomblob(8))));
CREATE TRIGGER feed_kept_short AFTER INSERT ON feed BEGIN
	DELETE FROM feed WHERE number <= new.number - 10000;
END;
CREATE TRIGGER recordings_added_fed AFTER INSERT ON recordings BEGIN
	INSERT INTO feed (subject, name, shelf_after) VALUES ('recording', new.name, new.shelf);
END;
CREATE TRIGGER recordings_changed_fed AFTER UPDATE ON recordings BEGIN
	INSERT INTO feed (subject, name, shelf_before, shelf_after)
	VALUES ('recording', new.name, old.shelf, new.shelf);
END;
CREATE TRIGGER recordings_removed_fed AFTER DELETE ON recordings BEGIN
	INSERT INTO feed (subject, name, shelf_before) VALUES ('recording', old.name, old.shelf);
END;
CREATE TRIGGER jobs_added_fed AFTER INSERT ON jobs BEGIN
	INSERT INTO feed (subject, name) VALUES ('job', new.recording);
END;
CREATE TRIGGER jobs_changed_fed AFTER UPDATE OF state, run_at, attempts ON jobs BEGIN
	INSERT INTO feed (subject, name) VALUES ('job', new.recording);
END;
CREATE TRIGGER jobs_removed_fed AFTER DELETE ON jobs BEGIN
	INSERT INTO feed (subject, name) VALUES ('job', old.recording);
END;
`,
};
