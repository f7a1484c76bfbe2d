import { OnwaxError, toOnwaxError } from "../errors.ts";

/** Primary result codes (sqlite.org/rescode.html); the extended ones carry them in the low byte. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** SQLite's primary result code, or null for any other error. */
export function sqliteResultCode(error: unknown): number | null {
	if (!(error instanceof Error) || !("errcode" in error)) return null;
	return typeof error.errcode === "number" ? error.errcode & 0xff : null;
}

/** Another connection holds the lock; the same again a little later will succeed. */
export function isBusy(error: unknown): boolean {
	if (error instanceof OnwaxError) return error.code === "ERR_LIBRARY_BUSY";
	const code = sqliteResultCode(error);
	return code === BUSY || code === LOCKED;
}

/** The database file cannot be opened as it is; a read-only folder shows in this way. */
export function isCannotOpen(error: unknown): boolean {
	const code = sqliteResultCode(error);
	return code === CANTOPEN || code === READONLY;
}

/** What a person or the library can act on; a mistake in our own SQL is ERR_INTERNAL. */
export function fromSqliteError(error: unknown): OnwaxError {
	if (error instanceof OnwaxError) return error;
	const message = error instanceof Error ? error.message : String(error);
	switch (sqliteResultCode(error)) {
		case BUSY:
		case LOCKED:
			return new OnwaxError("ERR_LIBRARY_BUSY", "The catalogue is busy.", {
				retryable: true,
				hint: "Another Onwax is writing; try again in a moment.",
				cause: error,
			});
		case READONLY:
			return new OnwaxError("ERR_READ_ONLY", "The catalogue cannot be written.", {
				hint: "Make the data folder writable, or choose another one.",
				cause: error,
			});
		case IOERR:
			return new OnwaxError("ERR_IO", `The catalogue: ${message}.`, {
				retryable: true,
				hint: "Check the disk; recordings are not affected.",
				cause: error,
			});
		case FULL:
			return new OnwaxError("ERR_DISK_FULL", "The disk is full: the catalogue cannot grow.", {
				retryable: true,
				hint: "Free some space; recordings are not affected.",
				cause: error,
			});
		case CANTOPEN:
			return new OnwaxError("ERR_PERMISSION", `The catalogue cannot be opened: ${message}.`, {
				hint: "Check who owns the data folder.",
				cause: error,
			});
		case CORRUPT:
		case NOTADB:
			return new OnwaxError("ERR_CATALOGUE", "The catalogue is damaged.", {
				hint: "It is only an index: `onwax reindex` builds it anew from the folders.",
				cause: error,
			});
		default:
			return toOnwaxError(error);
	}
}
