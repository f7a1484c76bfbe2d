import { AsyncLocalStorage } from "node:async_hooks";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { OnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { silentLogger } from "../logger.ts";
import { whileBusy } from "./busy.ts";
import type { Catalogue, CatalogueDatabase } from "./catalogue.ts";
import * as changes from "./changes.ts";
import { Kysely, sql } from "./kysely.ts";
import { list } from "./list.ts";
import * as lookup from "./lookup.ts";
import { assertNotTooNew, migrate, migrations, schemaVersion } from "./migrate.ts";
import { queryStatistics } from "./query-statistics.ts";
import { search } from "./search.ts";
import { isWritableFolder, openConnection, openReadOnlyConnection } from "./sqlite-connection.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { fromSqliteError } from "./sqlite-error.ts";
import { putRecordings, removeRecordings } from "./write.ts";

export type SqliteCatalogueOptions = {
	path: string;
	/** Where the catalogue is copied to before a migration. */
	backupsDir: string;
	log?: Logger;
	/** Statements that take longer are logged. Default 1000. */
	slowQueryMs?: number;
	/** Never write, even where it could be. Default: as the folder allows. */
	readOnly?: boolean;
};

/**
 * The catalogue on SQLite: one connection for reading, and one for changing that is opened at the
 * first change. So reading never waits, and a program that only lists pays for one connection.
 *
 * @throws {OnwaxError} ERR_CATALOGUE (damaged), ERR_FORMAT_TOO_NEW, ERR_READ_ONLY (nothing there yet,
 *   and it cannot be made), ERR_UNSUPPORTED (SQLite too old)
 */
export async function openSqliteCatalogue(options: SqliteCatalogueOptions): Promise<Catalogue> {
	const { path, backupsDir, log = silentLogger, slowQueryMs = 1000, readOnly = false } = options;
	const writable = !readOnly && (await isWritableFolder(dirname(path)));
	if (!writable && !existsSync(path)) throw readOnlyError();
	// Busy here: another process is just making the file.
	const reading = await whileBusy(() =>
		writable ? openConnection(path, "reader") : openReadOnlyConnection(path),
	);
	try {
		const version = schemaVersion(reading);
		assertNotTooNew(version);
		if (version < (migrations.at(-1)?.version ?? 0)) {
			if (!writable) throw readOnlyError();
			const migrating = await whileBusy(() => openConnection(path, "writer"));
			try {
				await migrate(path, migrating, backupsDir, log);
			} finally {
				migrating.close();
			}
		}
	} catch (error) {
		reading.close();
		throw fromSqliteError(error);
	}

	const statistics = queryStatistics(slowQueryMs, log);
	const reader: CatalogueDatabase = new Kysely({
		dialect: sqliteDialect({ open: () => reading, statistics }),
	});
	const db: CatalogueDatabase = new Kysely({
		dialect: sqliteDialect({
			open: () => {
				if (!writable) throw readOnlyError();
				return openConnection(path, "writer");
			},
			statistics,
		}),
	});

	const inside = new AsyncLocalStorage<true>();
	async function transaction<T>(change: (tx: CatalogueDatabase) => Promise<T>): Promise<T> {
		if (inside.getStore()) {
			throw new Error("a transaction within a transaction would wait for itself: use its tx");
		}
		return db.transaction().execute((tx) => inside.run(true, () => change(tx)));
	}

	return {
		writable,
		db,
		transaction,
		put: (recordings, inSameTransaction) =>
			transaction(async (tx) => {
				await putRecordings(tx, recordings);
				await inSameTransaction?.(tx);
			}),
		putWithin: (tx, recordings) => putRecordings(tx, recordings),
		remove: (names, inSameTransaction) =>
			transaction(async (tx) => {
				await removeRecordings(tx, names);
				await inSameTransaction?.(tx);
			}),
		get: (name) => lookup.get(reader, name),
		resolve: (reference) => lookup.resolve(reader, reference),
		list: (listOptions) => list(reader, listOptions),
		search: (query, searchOptions) => search(reader, query, searchOptions),
		findByOriginalSha256: (sha256s) => lookup.findByOriginalSha256(reader, sha256s),
		shelves: () => lookup.shelves(reader),
		counts: () => lookup.counts(reader),
		claimChange: (name, writer) => transaction((tx) => changes.claimChange(tx, name, writer)),
		takeOverChange: (name, from, to) =>
			transaction((tx) => changes.takeOverChange(tx, name, from, to)),
		releaseChange: (name, writer, tx) =>
			tx
				? changes.releaseChange(tx, name, writer)
				: transaction((own) => changes.releaseChange(own, name, writer)),
		openChanges: () => changes.openChanges(reader),
		dump: () => lookup.dump(reader),
		async check() {
			const { rows } = await sql<{ quick_check: string }>`PRAGMA quick_check(1)`.execute(reader);
			const found = rows[0]?.quick_check;
			if (found === "ok") return;
			throw new OnwaxError("ERR_CATALOGUE", `The catalogue is damaged: ${found}`, {
				hint: "It is only an index: `onwax reindex` builds it anew from the folders.",
			});
		},
		async tidy() {
			await transaction(async (tx) => {
				await sql`INSERT INTO search (search) VALUES ('optimize')`.execute(tx);
			});
		},
		statistics: () => statistics.byVerb(),
		async close() {
			// The one that may write goes last: who is last to close checkpoints the WAL away.
			await reader.destroy();
			reading.close();
			await db.destroy();
		},
	};
}

function readOnlyError(): OnwaxError {
	return new OnwaxError("ERR_READ_ONLY", "The library's folder cannot be written.", {
		hint: "Make the file system writable, or choose another data folder.",
	});
}
