import { copyFile, open, readdir, realpath, rm } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { exists } from "../../durable/exists.ts";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../../errors.ts";
import { isFile } from "./old-folders.ts";
import { asFields, type Fields, filenameOf, pick, textOf, timeOf } from "./old-json.ts";
import type { OldEntry } from "./old-recording.ts";

const magic = "SQLite format 3\0";

/** The SQLite database that `path` is, or that lies in it and has a table of recordings (D2.6). */
export async function findOldDatabase(path: string, scratch: string): Promise<string | null> {
	const candidates = (await isFile(path))
		? [path]
		: (await readdir(path))
				.filter((name) => /\.(db|sqlite3?)$/.test(name))
				.map((name) => join(path, name));
	for (const candidate of candidates) {
		if (!(await isSqlite(candidate))) continue;
		const hasTable = await withOldDatabase(
			candidate,
			scratch,
			async (database) =>
				database
					.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'recordings'")
					.get() !== undefined,
		).catch(() => false);
		if (hasTable) return candidate;
	}
	return null;
}

/**
 * The rows of `recordings`: a file's name or path, and a title, a creation time and a text where
 * there are any. A relative path has to lead to a file inside the database's own folder; an absolute
 * one to a file that exists.
 */
export async function* readOldDatabase(path: string, scratch: string): AsyncGenerator<OldEntry> {
	const rows = await withOldDatabase(path, scratch, async (database) =>
		database.prepare("SELECT * FROM recordings").all(),
	);
	for (const row of rows) {
		const fields = asFields(row);
		const named = textOf(
			pick(fields, "path", "file_path", "filepath", "filename", "file_name", "file"),
		);
		const shown = named ?? `${basename(path)}: a row without a file`;
		try {
			if (named === null) throw new OnwaxError("ERR_NOT_FOUND", `${shown}.`);
			const audioPath = await confined(dirname(path), named);
			yield { kind: "recording", recording: { ...fromRow(fields), audioPath, shown } };
		} catch (error) {
			yield { kind: "problem", shown, error: toOnwaxError(error, "ERR_IO") };
		}
	}
}

function fromRow(fields: Fields) {
	const text = textOf(pick(fields, "transcript", "transcription", "text"));
	return {
		createdAt: timeOf(pick(fields, "created_at", "created", "created_time", "timestamp", "date")),
		originalFilename: filenameOf(pick(fields, "original_filename", "original_name", "filename")),
		title: textOf(pick(fields, "title", "name")),
		description: textOf(pick(fields, "description", "notes")),
		tags: [],
		state: "pending" as const,
		output: text === null ? null : { text, language: null, segments: [] },
		editedText: null,
		engine: textOf(pick(fields, "engine")),
		model: textOf(pick(fields, "model")),
		latencySeconds: null,
		attempts: null,
		error: null,
		history: [],
	};
}

async function confined(folder: string, named: string): Promise<string> {
	const path = isAbsolute(named) ? named : resolve(folder, named);
	let real: string;
	try {
		real = await realpath(path);
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") {
			throw new OnwaxError("ERR_NOT_FOUND", `${named} is not there any more.`);
		}
		throw error;
	}
	if (isAbsolute(named)) return path;
	const inside = relative(await realpath(folder), real);
	if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
		throw new OnwaxError("ERR_PERMISSION", `${named} leads out of the database's folder.`, {
			hint: "Import that file by itself if it is yours.",
		});
	}
	return path;
}

/**
 * Opens the database so that nothing appears or changes beside it: `immutable` makes SQLite neither
 * lock nor look for a WAL. Where a WAL holds what the file does not have yet, both are copied first.
 */
async function withOldDatabase<T>(
	path: string,
	scratch: string,
	use: (database: DatabaseSync) => Promise<T>,
): Promise<T> {
	const copy = join(scratch, "old-library.db");
	let database: DatabaseSync | null = null;
	try {
		if (await exists(`${path}-wal`)) {
			await copyFile(path, copy);
			await copyFile(`${path}-wal`, `${copy}-wal`);
			database = new DatabaseSync(copy);
		} else {
			const url = pathToFileURL(path);
			url.searchParams.set("immutable", "1");
			database = new DatabaseSync(url, { readOnly: true });
		}
		return await use(database);
	} catch (error) {
		throw new OnwaxError("ERR_DAMAGED", `${path} cannot be read as a database.`, { cause: error });
	} finally {
		database?.close();
		for (const suffix of ["", "-wal", "-shm"]) await rm(`${copy}${suffix}`, { force: true });
	}
}

async function isSqlite(path: string): Promise<boolean> {
	const file = await open(path, "r");
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
		return buffer.toString("latin1", 0, bytesRead) === magic;
	} finally {
		await file.close();
	}
}
