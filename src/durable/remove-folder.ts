import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { step } from "./step.ts";
import { syncFolder } from "./sync-folder.ts";

/** Begins the name of a folder that is being destroyed; whoever finds one finishes the work. */
export const purgedPrefix = ".purged-";

/**
 * Destroys a folder for good. The rename is the moment from which it no longer counts, so that a
 * crash leaves either the whole folder or rubbish that is named as such. Synced when it returns.
 */
export async function removeFolder(path: string): Promise<void> {
	const purged = join(dirname(path), `${purgedPrefix}${basename(path)}`);
	step("remove:rename");
	await rename(path, purged);
	await syncFolder(dirname(path));
	step("remove:files");
	await rm(purged, { recursive: true });
	await syncFolder(dirname(path));
}
