import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { systemErrorCode } from "../errors.ts";
import { step } from "./step.ts";
import { syncFolder } from "./sync-folder.ts";

/**
 * Creates a folder (mode 700) and whatever is missing above it, and syncs every ancestor that got a
 * new entry: else a power cut could take the whole chain away. Does nothing where it exists.
 *
 * One by one, because Node's own recursive `mkdir` says ENOENT on a read-only disk.
 */
export async function makeFolder(path: string): Promise<void> {
	step("folder:make");
	const made = await makeMissing(resolve(path));
	for (const folder of made.reverse()) await syncFolder(dirname(folder));
}

/** @returns what was created, the topmost first */
async function makeMissing(path: string): Promise<string[]> {
	try {
		await mkdir(path, { mode: 0o700 });
		return [path];
	} catch (error) {
		switch (systemErrorCode(error)) {
			case "EEXIST":
				if ((await stat(path)).isDirectory()) return [];
				throw error;
			case "ENOENT": {
				if (dirname(path) === path) throw error;
				const above = await makeMissing(dirname(path));
				return [...above, ...(await makeMissing(path))];
			}
			default:
				throw error;
		}
	}
}
