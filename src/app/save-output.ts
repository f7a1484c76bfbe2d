import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Layout } from "../archive/layout.ts";
import { exists } from "../durable/exists.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";

/**
 * Writes a file for the user, whole or not at all, readable as their other files are.
 *
 * @throws ERR_USAGE for a path inside the library, `force` or not; ERR_CONFLICT where there is a
 * file already, unless `force`
 */
export async function saveOutput(
	layout: Pick<Layout, "data" | "recordings">,
	path: string,
	text: string,
	{ force }: { force: boolean },
): Promise<void> {
	try {
		if (await isInLibrary(layout, path)) {
			throw new OnwaxError("ERR_USAGE", `${path} is inside the library.`, {
				hint: "Nothing there is written over, --force or not: choose a place outside the data folder.",
			});
		}
		if (!force && (await exists(path))) {
			throw new OnwaxError("ERR_CONFLICT", `${path} is there already.`, {
				hint: "Choose another name, or replace it with --force.",
			});
		}
		await makeFolder(dirname(path));
		await publishFile(path, text, { mode: 0o666 & ~process.umask() });
	} catch (error) {
		throw toOnwaxError(error, "ERR_IO");
	}
}

/**
 * Folders are compared by what they are, not by how they are spelled: a link, a second mount or
 * other capitals lead to the same one. The last part of the path is a name that is replaced, not
 * followed; where `recordings` is itself a link, both ways into it count.
 */
async function isInLibrary(
	{ data, recordings }: Pick<Layout, "data" | "recordings">,
	path: string,
): Promise<boolean> {
	const kept = new Set((await Promise.all([data, recordings].map(identity))).filter(Boolean));
	if (kept.size === 0) return false;
	const spelled = dirname(resolve(path));
	for (const start of [spelled, await realFolder(spelled)]) {
		for (let folder = start; ; folder = dirname(folder)) {
			if (kept.has(await identity(folder))) return true;
			if (folder === dirname(folder)) break;
		}
	}
	return false;
}

/** Null for what is not there. */
async function identity(folder: string): Promise<string | null> {
	try {
		const { dev, ino } = await stat(folder, { bigint: true });
		return `${dev}:${ino}`;
	} catch (error) {
		if (["ENOENT", "ENOTDIR"].includes(systemErrorCode(error) ?? "")) return null;
		throw error;
	}
}

/** A folder's path without links, as far as it is there. */
async function realFolder(folder: string): Promise<string> {
	try {
		return await realpath(folder);
	} catch (error) {
		const above = dirname(folder);
		if (systemErrorCode(error) !== "ENOENT" || above === folder) throw error;
		return join(await realFolder(above), basename(folder));
	}
}
