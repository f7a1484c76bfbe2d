import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from "kysely";
import { whileBusy } from "./busy.ts";
import { CompiledQuery as Compiled, SqliteAdapter, SqliteQueryCompiler } from "./kysely.ts";
import type { QueryStatistics } from "./query-statistics.ts";
import { bindable, type SqliteConnection } from "./sqlite-connection.ts";
import { takingTurns } from "./turns.ts";

export type SqliteDialectOptions = {
	/** Called once, at the first statement. */
	open: () => SqliteConnection;
	statistics: QueryStatistics;
};

/**
 * Kysely over `node:sqlite`: one connection, one user of it at a time. Transactions begin
 * IMMEDIATE, so that a transaction that reads and then writes can never fail in its middle because
 * another process wrote in between.
 */
export function sqliteDialect(options: SqliteDialectOptions): Dialect {
	return {
		createDriver: () => sqliteDriver(options),
		createQueryCompiler: () => new SqliteQueryCompiler(),
		createAdapter: () => new SqliteAdapter(),
		createIntrospector: () => {
			throw new Error("the catalogue's migrations are its schema; nothing is introspected");
		},
	};
}

function sqliteDriver({ open, statistics }: SqliteDialectOptions): Driver {
	let connection: SqliteConnection | null = null;
	let inTransaction = false;
	const turn = takingTurns();

	function once<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
		connection ??= open();
		const values = bindable(parameters);
		const before = performance.now();
		try {
			const { statement, returnsRows } = connection.prepare(sql);
			if (returnsRows) return { rows: statement.all(...values) as R[] };
			const { changes, lastInsertRowid } = statement.run(...values);
			return {
				rows: [],
				numAffectedRows: BigInt(changes),
				insertId: BigInt(lastInsertRowid),
			};
		} finally {
			statistics.note(sql, performance.now() - before);
		}
	}
	// Inside a transaction the write lock is ours already; BEGIN and COMMIT may be repeated.
	const execute = <R>(query: CompiledQuery) => whileBusy(() => once<R>(query));

	const session: DatabaseConnection = {
		executeQuery: execute,
		streamQuery() {
			throw new Error("the catalogue reads in pages: an open cursor would hold back the WAL");
		},
	};
	const run = (sql: string) => execute(Compiled.raw(sql));

	return {
		async init() {},
		async acquireConnection() {
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
