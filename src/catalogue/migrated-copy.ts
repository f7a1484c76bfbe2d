import { randomUUID } from "node:crypto";
import { backup } from "node:sqlite";
import { OnwaxError } from "../errors.ts";
import { silentLogger } from "../logger.ts";
import { bringUpToDate, migrations, schemaVersion } from "./migrate.ts";
import { openMemoryConnection, type SqliteConnection } from "./sqlite-connection.ts";
import { fromSqliteError } from "./sqlite-error.ts";

/**
 * A copy of an older catalogue in memory, with the newest schema: what an older Onwax left where
 * nothing can be written is read like any other. It takes as much memory as the file has bytes, and
 * leaves nothing anywhere, however the process ends.
 *
 * @throws {OnwaxError} ERR_CATALOGUE (damaged), ERR_READ_ONLY (it cannot be done in memory either)
 */
export async function migratedCopy(source: SqliteConnection): Promise<SqliteConnection> {
	// By a name, because a backup opens its target anew; shared, because it is to be found there.
	const address = `file:onwax-${randomUUID()}?mode=memory&cache=shared`;
	const copy = openMemoryConnection(address);
	try {
		await backup(source.database, address);
		bringUpToDate(copy, silentLogger);
		copy.database.exec("PRAGMA query_only = ON");
		return copy;
	} catch (error) {
		copy.close();
		const known = fromSqliteError(error);
		throw known.code === "ERR_CATALOGUE" ? known : outdatedError(schemaVersion(source), known);
	}
}

/** Why an older catalogue cannot be used as it is, where it cannot be changed. */
export function outdatedError(version: number, cause?: OnwaxError): OnwaxError {
	const newest = migrations.at(-1)?.version ?? 0;
	const why = cause ? ` A copy in memory failed: ${cause.message}` : "";
	return new OnwaxError(
		"ERR_READ_ONLY",
		`The catalogue has version ${version} and has to become version ${newest}, but the library's folder cannot be written.${why}`,
		{
			hint: "Nothing was changed. Make the file system writable, or read a copy of the library.",
			cause,
		},
	);
}
