export type Migration = {
	/** One more than the one before; kept in the file as SQLite's `user_version`. */
	version: number;
	name: string;
	/** Any number of statements; they run in one transaction. */
	sql: string;
};
