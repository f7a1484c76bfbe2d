import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { syncFolder } from "../durable/sync-folder.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { whileBusy } from "./busy.ts";
import { initial } from "./migrations/0001-initial.ts";
import { speakers } from "./migrations/0002-speakers.ts";
import { feed } from "./migrations/0003-feed.ts";
import { months } from "./migrations/0004-months.ts";
import type { Migration } from "./migrations/migration.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import { fromSqliteError } from "./sqlite-error.ts";

/** In order, and append-only (D1.1). */
export const migrations: readonly Migration[] = [initial, speakers, feed, months];

export function schemaVersion(connection: SqliteConnection): number {
	return Number(connection.database.prepare("PRAGMA user_version").get()?.user_version);
}

/** @throws {OnwaxError} ERR_FORMAT_TOO_NEW when a later Onwax has written this catalogue */
export function assertNotTooNew(version: number, known = migrations): void {
	const newest = known.at(-1)?.version ?? 0;
	if (version <= newest) return;
	throw new OnwaxError(
		"ERR_FORMAT_TOO_NEW",
		`The catalogue has version ${version}; this Onwax knows up to ${newest}.`,
		{ hint: "Use the newer Onwax, or move library.db aside and run `onwax reindex`." },
	);
}

/**
 * Brings the database to the newest version, each migration in a transaction of its own; a new one
 * in one transaction, which takes less of a disk that is nearly full. What was there before is first
 * kept in `<backupsDir>/library-v<version>-<time>.db`; when a migration fails, that comes back and the
 * error is thrown: ERR_CATALOGUE, or what the disk says.
 *
 * Several processes may do this at once: who comes second finds the work done.
 */
export async function migrate(
	path: string,
	connection: SqliteConnection,
	backupsDir: string,
	log: Logger,
	known: readonly Migration[] = migrations,
): Promise<void> {
	const before = schemaVersion(connection);
	assertNotTooNew(before, known);
	const pending = known.filter((migration) => migration.version > before);
	if (pending.length === 0) return;
	const kept = before === 0 ? null : await backUp(connection, before, backupsDir);
	try {
		const together = before === 0 ? [pending] : pending.map((migration) => [migration]);
		for (const some of together) await whileBusy(() => apply(connection, some, log));
	} catch (error) {
		if (kept !== null) {
			await restore(kept, path);
			log.error({ backup: kept }, "a migration failed; the catalogue is as it was before");
		}
		const { code, message, retryable } = toOnwaxError(error);
		// A disk that is full says nothing of the catalogue; as a damaged one it would be put aside.
		const isOurs = code === "ERR_INTERNAL" || code === "ERR_CATALOGUE";
		throw new OnwaxError(
			isOurs ? "ERR_CATALOGUE" : code,
			`The catalogue could not be migrated: ${message}`,
			{
				...{ cause: error, retryable: retryable && !isOurs },
				hint: kept === null ? "Nothing was changed." : `It was restored from ${kept}.`,
			},
		);
	}
}

/** The migrations alone, for a database that nobody else has and that may be lost. */
export function bringUpToDate(connection: SqliteConnection, log: Logger): void {
	apply(connection, migrations, log);
}

function apply({ database }: SqliteConnection, some: readonly Migration[], log: Logger): void {
	database.exec("BEGIN IMMEDIATE");
	try {
		const now = Number(database.prepare("PRAGMA user_version").get()?.user_version);
		const open = some.filter(({ version }) => version > now);
		for (const { sql, version } of open) {
			database.exec(sql);
			database.exec(`PRAGMA user_version = ${version}`);
		}
		database.exec("COMMIT");
		for (const { name } of open) log.info({ migration: name }, "catalogue migrated");
	} catch (error) {
		if (database.isTransaction) database.exec("ROLLBACK");
		throw fromSqliteError(error);
	}
}

async function backUp(
	{ database }: SqliteConnection,
	version: number,
	backupsDir: string,
): Promise<string> {
	await mkdir(backupsDir, { recursive: true, mode: 0o700 });
	const time = new Date().toISOString().replaceAll(":", "-");
	const path = join(backupsDir, `library-v${version}-${time}.db`);
	await backup(database, path);
	const handle = await open(path, "r+");
	try {
		await handle.chmod(0o600);
		await handle.sync();
	} finally {
		await handle.close();
	}
	await syncFolder(backupsDir);
	return path;
}

/** Through SQLite, so that other processes with the catalogue open see one whole state. */
async function restore(from: string, to: string): Promise<void> {
	const source = new DatabaseSync(from);
	try {
		await backup(source, to);
	} finally {
		source.close();
	}
}
