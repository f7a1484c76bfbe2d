import type {
	CompiledQuery as Compiled,
	DatabaseConnection,
	Dialect,
	Driver,
	QueryResult,
} from "kysely";
import { whileBusy } from "./busy.ts";
import { loadKysely } from "./kysely.ts";
import type { QueryStatistics } from "./query-statistics.ts";
import { execute, type SqliteConnection } from "./sqlite-connection.ts";
import { takingTurns } from "./turns.ts";

export type SqliteDialectOptions = {
	/** Called once, at the first statement. */
	open: () => SqliteConnection;
	/** Called before waiting for the connection; throws where that would be waiting for oneself. */
	beforeWaiting?: () => void;
	statistics: QueryStatistics;
};

/**
 * Kysely over `node:sqlite`: one connection, one user of it at a time. Transactions begin
 * IMMEDIATE, so that a transaction that reads and then writes can never fail in its middle because
 * another process wrote in between.
 */
export function sqliteDialect(options: SqliteDialectOptions): Dialect {
	const { SqliteAdapter, SqliteQueryCompiler } = loadKysely();
	return {
		createDriver: () => sqliteDriver(options),
		createQueryCompiler: () => new SqliteQueryCompiler(),
		createAdapter: () => new SqliteAdapter(),
		createIntrospector: () => {
			throw new Error("the catalogue's migrations are its schema; nothing is introspected");
		},
	};
}

function sqliteDriver({ open, beforeWaiting, statistics }: SqliteDialectOptions): Driver {
	let connection: SqliteConnection | null = null;
	let inTransaction = false;
	const { CompiledQuery } = loadKysely();
	const turn = takingTurns();

	function once<R>({ sql, parameters }: Compiled): QueryResult<R> {
		connection ??= open();
		const before = performance.now();
		try {
			const { rows, changes, lastInsertRowid } = execute(connection, sql, parameters);
			return {
				rows: rows as R[],
				numAffectedRows: BigInt(changes),
				insertId: BigInt(lastInsertRowid),
			};
		} finally {
			statistics.note(sql, performance.now() - before);
		}
	}
	// Inside a transaction the write lock is ours already; BEGIN and COMMIT may be repeated.
	const patiently = <R>(query: Compiled) => whileBusy(() => once<R>(query));

	const session: DatabaseConnection = {
		executeQuery: patiently,
		streamQuery() {
			throw new Error("the catalogue reads in pages: an open cursor would hold back the WAL");
		},
	};
	const run = (sql: string) => patiently(CompiledQuery.raw(sql));

	return {
		async init() {},
		async acquireConnection() {
			beforeWaiting?.();
			await turn.take();
			return session;
		},
		async beginTransaction() {
			await run("BEGIN IMMEDIATE");
			inTransaction = true;
		},
		async commitTransaction() {
			await run("COMMIT");
			inTransaction = false;
		},
		async rollbackTransaction() {
			// SQLite rolls back by itself on a full disk or an I/O error; a second time is an error.
			if (inTransaction && connection?.database.isTransaction) await run("ROLLBACK");
			inTransaction = false;
		},
		async releaseConnection() {
			turn.give();
		},
		async destroy() {
			connection?.close();
			connection = null;
		},
	};
}
