import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode } from "../errors.ts";
import { step } from "./step.ts";
import { timedSync } from "./timed-sync.ts";

/**
 * Makes the folder's entries (creations, renames, removals) survive a power cut. A file's own sync
 * does not do that: its name lives in the folder.
 *
 * Windows cannot open a folder for syncing and journals its entries itself; there this does nothing.
 */
export async function syncFolder(path: string): Promise<void> {
	if (process.platform === "win32") return;
	step("folder:sync");
	const handle = await open(path, "r");
	try {
		await timedSync(() => handle.sync());
	} catch (error) {
		// Some FUSE file systems have no sync for folders and say so.
		if (systemErrorCode(error) !== "EINVAL") throw error;
	} finally {
		await handle.close();
	}
}

/** Syncs each distinct parent of `paths` once; together, so that they share a journal commit. */
export async function syncParents(paths: Iterable<string>): Promise<void> {
	const parents = new Set<string>();
	for (const path of paths) parents.add(dirname(path));
	await Promise.all([...parents].map(syncFolder));
}
