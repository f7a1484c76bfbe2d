import { AsyncLocalStorage } from "node:async_hooks";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { silentLogger } from "../logger.ts";
import { whileBusy } from "./busy.ts";
import type { Catalogue, CatalogueDatabase } from "./catalogue.ts";
import * as changes from "./changes.ts";
import { feedAfter, feedHead } from "./feed.ts";
import { jobsOf } from "./jobs-of.ts";
import { loadKysely } from "./kysely.ts";
import { list } from "./list.ts";
import * as lookup from "./lookup.ts";
import { assertNotTooNew, migrate, migrations, schemaVersion } from "./migrate.ts";
import { queryStatistics } from "./query-statistics.ts";
import { readerOn } from "./reader.ts";
import type { CatalogueTables } from "./schema.ts";
import { isWritableFolder, openConnection, openReadOnlyConnection } from "./sqlite-connection.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { fromSqliteError } from "./sqlite-error.ts";
import { tags } from "./tags.ts";

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
 * The catalogue on SQLite. What only some verbs need is loaded by them: a program that lists and
 * ends has no time for the rest.
 *
 * One connection reads, and another changes, opened at the first change: reading never waits.
 *
 * @throws {OnwaxError} ERR_CATALOGUE (damaged), ERR_FORMAT_TOO_NEW, ERR_READ_ONLY (nothing there yet,
 *   and it cannot be made), ERR_UNSUPPORTED (SQLite too old)
 */
export async function openSqliteCatalogue(options: SqliteCatalogueOptions): Promise<Catalogue> {
	const { path, backupsDir, log = silentLogger, slowQueryMs = 1000, readOnly = false } = options;
	const writable = !readOnly && (await isWritableFolder(dirname(path)));
	if (!writable && !existsSync(path)) throw readOnlyError();
	if (writable) await createPrivately(path);
	// Busy here: another process is just making the file.
	let reading = await whileBusy(() =>
		writable ? openConnection(path, "reader") : openReadOnlyConnection(path),
	);
	try {
		const version = schemaVersion(reading);
		assertNotTooNew(version);
		if (version < (migrations.at(-1)?.version ?? 0)) {
			if (writable) {
				const migrating = await whileBusy(() => openConnection(path, "writer"));
				try {
					await migrate(path, migrating, backupsDir, log);
				} finally {
					migrating.close();
				}
			} else {
				// An empty file is no catalogue: it would say that there are no recordings.
				if (version === 0) throw readOnlyError();
				const { migratedCopy } = await import("./migrated-copy.ts");
				const copy = await migratedCopy(reading);
				reading.close();
				reading = copy;
			}
		}
	} catch (error) {
		reading.close();
		throw fromSqliteError(error);
	}

	const statistics = queryStatistics(slowQueryMs, log);
	const reader = readerOn(reading, statistics);
	const inside = new AsyncLocalStorage<{ open: boolean }>();
	let writing: CatalogueDatabase | null = null;
	const database = (): CatalogueDatabase => {
		writing ??= new (loadKysely().Kysely)<CatalogueTables>({ dialect: writingDialect() });
		return writing;
	};
	const writingDialect = () =>
		sqliteDialect({
			open() {
				if (!writable) throw readOnlyError();
				return openConnection(path, "writer");
			},
			beforeWaiting() {
				if (!inside.getStore()?.open) return;
				throw new Error("inside a transaction this would wait for itself: use its tx");
			},
			statistics,
		});

	async function transaction<T>(change: (tx: CatalogueDatabase) => Promise<T>): Promise<T> {
		return database()
			.transaction()
			.execute(async (tx) => {
				const here = { open: true };
				try {
					return await inside.run(here, () => change(tx));
				} finally {
					// What was started inside and goes on afterwards is free to wait again.
					here.open = false;
				}
			});
	}

	return {
		writable,
		get db() {
			return database();
		},
		transaction,
		put: (recordings, inSameTransaction) =>
			transaction(async (tx) => {
				const { putRecordings } = await import("./write.ts");
				await putRecordings(tx, recordings);
				await inSameTransaction?.(tx);
			}),
		async putWithin(tx, recordings) {
			const { putRecordings } = await import("./write.ts");
			await putRecordings(tx, recordings);
		},
		remove: (names, inSameTransaction) =>
			transaction(async (tx) => {
				const { removeRecordings } = await import("./write.ts");
				await removeRecordings(tx, names);
				await inSameTransaction?.(tx);
			}),
		get: (name) => lookup.get(reader, name),
		resolve: (reference) => lookup.resolve(reader, reference),
		list: (listOptions) => list(reader, listOptions),
		async search(query, searchOptions) {
			const { search } = await import("./search.ts");
			return search(reader, query, searchOptions);
		},
		findByOriginalSha256: (sha256s) => lookup.findByOriginalSha256(reader, sha256s),
		shelves: () => lookup.shelves(reader),
		tags: () => tags(reader),
		jobsOf: (name) => jobsOf(reader, name),
		counts: () => lookup.counts(reader),
		months: () => lookup.months(reader),
		bytesSince: (time) => lookup.bytesSince(reader, time),
		claimChange: (name, writer) => transaction((tx) => changes.claimChange(tx, name, writer)),
		takeOverChange: (name, from, to) =>
			transaction((tx) => changes.takeOverChange(tx, name, from, to)),
		releaseChange: (name, writer, tx) =>
			tx
				? changes.releaseChange(tx, name, writer)
				: transaction((own) => changes.releaseChange(own, name, writer)),
		openChanges: () => lookup.openChanges(reader),
		feedHead: () => feedHead(reader),
		feedAfter: (after, limit) => feedAfter(reader, after, limit),
		dump: () => lookup.dump(reader),
		async check() {
			const [row] = await reader.all<{ quick_check: string }>("PRAGMA quick_check(1)");
			const found = row?.quick_check;
			if (found === "ok") return;
			throw new OnwaxError("ERR_CATALOGUE", `The catalogue is damaged: ${found}`, {
				hint: "It is only an index: `onwax reindex` builds it anew from the folders.",
			});
		},
		async tidy() {
			const { mergeSearchIndex } = await import("./write.ts");
			// In small steps, so that others who want to change something wait for none of them long.
			for (let begin = true; ; begin = false) {
				if (await transaction((tx) => mergeSearchIndex(tx, begin))) return;
			}
		},
		statistics: () => statistics.byVerb(),
		async close() {
			reading.close();
			// Last, because who is last to close checkpoints the WAL away.
			await writing?.destroy();
		},
	};
}

function readOnlyError(): OnwaxError {
	return new OnwaxError("ERR_READ_ONLY", "The library's folder cannot be written.", {
		hint: "Make the file system writable, or choose another data folder.",
	});
}

/**
 * SQLite gives its other files the mode of this one. A file that is there is not even opened:
 * closing it would drop every lock that SQLite has on it in this process (POSIX locks do that).
 */
async function createPrivately(path: string): Promise<void> {
	try {
		await (await open(path, "wx", 0o600)).close();
	} catch (error) {
		if (systemErrorCode(error) !== "EEXIST") throw toOnwaxError(error);
	}
}
