import { constants } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { copyHashed } from "./copy-hashed.ts";
import { makeFolder } from "./make-folder.ts";
import { step } from "./step.ts";
import { syncFolder, syncParents } from "./sync-folder.ts";

export type FolderMove = { from: string; to: string };

/** Begins the name of a folder that is still being copied between devices; rubbish when found. */
export const partFolderPrefix = ".part-";

/**
 * Moves folders whose files are already synced to the names under which they count. For each:
 * folder synced, one atomic rename; then every parent is synced once, so that a batch pays for that
 * once. When this returns, all moves survive a power cut; when it throws, each folder is whole under
 * one of its two names.
 *
 * A target that exists and is not empty throws ERR_CONFLICT: nobody's recording is replaced.
 * Nothing may pre-create a target: rename silently replaces an empty folder.
 */
export async function publishFolders(moves: FolderMove[]): Promise<void> {
	await Promise.all(moves.map((move) => syncFolder(move.from)));
	const moved: string[] = [];
	try {
		for (const move of moves) {
			await moveFolder(move);
			moved.push(move.from, move.to);
		}
	} finally {
		step("folders:sync-parents");
		await syncParents(moved);
	}
}

async function moveFolder({ from, to }: FolderMove): Promise<void> {
	try {
		step("folder:rename");
		await rename(from, to);
	} catch (error) {
		switch (systemErrorCode(error)) {
			case "ENOTEMPTY":
			case "EEXIST":
				throw new OnwaxError("ERR_CONFLICT", `There is already a folder ${basename(to)} there.`, {
					hint: "Run `onwax recover`: it compares the two and keeps what is whole.",
					cause: error,
				});
			case "EXDEV":
				return moveAcrossDevices({ from, to });
			default:
				throw error;
		}
	}
}

/**
 * The safe path where the two places are on different devices: a whole, synced copy under a name
 * that does not count, a rename on the target's device, and only then the source goes. A crash in
 * between leaves both; `recover` keeps the one with the higher revision.
 */
async function moveAcrossDevices({ from, to }: FolderMove): Promise<void> {
	const part = join(dirname(to), `${partFolderPrefix}${basename(to)}`);
	await rm(part, { recursive: true, force: true });
	await makeFolder(part);
	for (const entry of await readdir(from, { withFileTypes: true })) {
		if (!entry.isFile()) {
			throw new OnwaxError("ERR_DAMAGED", `${join(from, entry.name)} is not a plain file.`, {
				hint: "A recording's folder holds plain files only; move it away and try again.",
			});
		}
		const path = join(from, entry.name);
		const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
		try {
			await copyHashed({ handle, path }, join(part, entry.name));
		} finally {
			await handle.close();
		}
	}
	await syncFolder(part);
	step("folder:rename-part");
	await rename(part, to);
	await syncFolder(dirname(to));
	step("folder:remove-source");
	await rm(from, { recursive: true });
}
