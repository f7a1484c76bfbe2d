import { whileBusy } from "./busy.ts";
import type { QueryStatistics } from "./query-statistics.ts";
import { execute, type SqliteConnection } from "./sqlite-connection.ts";

/**
 * What the reading verbs need of a database: rows for SQL with `?` in place of values. They do
 * without Kysely, whose loading alone would take half the time that `onwax list` may take.
 */
export type Reader = {
	/** @throws {OnwaxError} as Catalogue says */
	all<Row>(sql: string, parameters?: readonly (string | number)[]): Promise<Row[]>;
};

export function readerOn(connection: SqliteConnection, statistics: QueryStatistics): Reader {
	return {
		all: <Row>(sql: string, parameters: readonly (string | number)[] = []) =>
			whileBusy(() => {
				const before = performance.now();
				try {
					return execute(connection, sql, parameters).rows as Row[];
				} finally {
					statistics.note(sql, performance.now() - before);
				}
			}),
	};
}
