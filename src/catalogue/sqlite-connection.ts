import { access, constants } from "node:fs/promises";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { fromSqliteError, isCannotOpen } from "./sqlite-error.ts";

/**
 * SQLite before 3.51.3 could corrupt a database in WAL mode when a checkpoint met a WAL reset
 * (sqlite.org/wal.html, "The WAL-Reset Bug").
 */
const oldestSqlite = [3, 51, 3] as const;

const cachedStatements = 200;

/** How long a statement blocks this thread for another connection's lock before it gives up. */
const busyTimeoutMs = { reader: 5000, writer: 100 } as const;

export type ConnectionRole = "reader" | "writer";

export type Statement = { statement: StatementSync; returnsRows: boolean };

/** One open connection to the database file, with its prepared statements. */
export type SqliteConnection = {
	database: DatabaseSync;
	/** Prepared, and kept for the next time. @throws SQLite's own error */
	prepare(sql: string): Statement;
	close(): void;
};

/** @throws {OnwaxError} ERR_UNSUPPORTED where this Node's SQLite is too old to be trusted */
function assertSqliteVersion(database: DatabaseSync): void {
	const version = String(database.prepare("SELECT sqlite_version() AS version").get()?.version);
	const parts = version.split(".").map(Number);
	for (const [i, oldest] of oldestSqlite.entries()) {
		const part = parts[i] ?? 0;
		if (part > oldest) return;
		if (part < oldest) {
			throw new OnwaxError(
				"ERR_UNSUPPORTED",
				`This Node's SQLite ${version} is older than ${oldestSqlite.join(".")}, which can lose data.`,
				{ hint: "Install a current Node 24." },
			);
		}
	}
}

/** False on a read-only file system or in a folder that is not ours to write. */
export async function isWritableFolder(path: string): Promise<boolean> {
	try {
		await access(path, constants.W_OK);
		return true;
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === "EROFS" || code === "EACCES" || code === "EPERM") return false;
		throw error;
	}
}

/**
 * Opens the file, creating it where it is missing and may be.
 *
 * A `reader` may not write, whatever SQL it is given. Yet it opens the file for writing, because
 * only such a connection tidies the WAL away when it is the last one to close.
 */
export function openConnection(path: string, role: ConnectionRole): SqliteConnection {
	let database: DatabaseSync | null = null;
	try {
		database = new DatabaseSync(path, { timeout: busyTimeoutMs[role] });
		assertSqliteVersion(database);
		// FULL: a commit survives a power cut, not only a crash. No mmap: it would be a little faster,
		// but a read error of the disk would then kill the process instead of being an error.
		database.exec(
			`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
			PRAGMA trusted_schema = OFF; PRAGMA cache_size = -32768;
			PRAGMA temp_store = MEMORY;${role === "reader" ? " PRAGMA query_only = ON;" : ""}`,
		);
		return withStatements(database);
	} catch (error) {
		database?.close();
		throw fromSqliteError(error);
	}
}

/**
 * Opens the file where nothing may be written beside it. SQLite's WAL needs a shared-memory file:
 * where that is missing and cannot be made, `immutable=1` reads the file alone, which is right as
 * long as nobody else can write it either.
 */
export function openReadOnlyConnection(path: string): SqliteConnection {
	const url = pathToFileURL(path);
	try {
		try {
			return withStatements(openReadOnly(url));
		} catch (error) {
			if (!isCannotOpen(error)) throw error;
			url.searchParams.set("immutable", "1");
			return withStatements(openReadOnly(url));
		}
	} catch (error) {
		throw fromSqliteError(error);
	}
}

/** Opens a database in memory, under the address by which a backup finds it. */
export function openMemoryConnection(address: string): SqliteConnection {
	const database = new DatabaseSync(address);
	database.exec(
		"PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY",
	);
	return withStatements(database);
}

function openReadOnly(url: URL): DatabaseSync {
	const database = new DatabaseSync(url, { readOnly: true, timeout: busyTimeoutMs.reader });
	try {
		assertSqliteVersion(database);
		database.exec("PRAGMA trusted_schema = OFF");
		// Only touching the schema opens the WAL and shows whether that can be done.
		database.prepare("SELECT count(*) FROM sqlite_schema").get();
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

function withStatements(database: DatabaseSync): SqliteConnection {
	const statements = new Map<string, Statement>();
	return {
		database,
		prepare(sql) {
			let known = statements.get(sql);
			if (known) {
				// Moved to the end: the first key is always the one unused for longest.
				statements.delete(sql);
			} else {
				const statement = database.prepare(sql);
				known = { statement, returnsRows: statement.columns().length > 0 };
				const [oldest] = statements.keys();
				if (oldest !== undefined && statements.size >= cachedStatements) {
					statements.delete(oldest);
				}
			}
			statements.set(sql, known);
			return known;
		},
		close() {
			statements.clear();
			if (database.isOpen) database.close();
		},
	};
}

export type Outcome = {
	rows: unknown[];
	changes: number | bigint;
	lastInsertRowid: number | bigint;
};

/** Runs one statement to its end. @throws SQLite's own error */
export function execute(
	connection: SqliteConnection,
	sql: string,
	parameters: readonly unknown[],
): Outcome {
	const { statement, returnsRows } = connection.prepare(sql);
	const values = bindable(parameters);
	if (returnsRows) return { rows: statement.all(...values), changes: 0, lastInsertRowid: 0 };
	return { rows: [], ...statement.run(...values) };
}

/**
 * What `node:sqlite` can bind; anything else is a mistake of ours. It binds every number as a
 * floating-point one, which FTS5 does not take for the limit of a walk: it would go on to the end.
 * So whole numbers are handed over as integers.
 */
function bindable(parameters: readonly unknown[]): SQLInputValue[] {
	return parameters.map((value) => {
		if (value === null || value instanceof Uint8Array) return value;
		switch (typeof value) {
			case "number":
				return Number.isSafeInteger(value) ? BigInt(value) : value;
			case "string":
			case "bigint":
				return value;
			default:
				throw new TypeError(`cannot bind a ${typeof value} in SQL`);
		}
	});
}
