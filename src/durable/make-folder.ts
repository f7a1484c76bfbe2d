import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { step } from "./step.ts";
import { syncFolder } from "./sync-folder.ts";

/**
 * Creates a folder (mode 700) and whatever is missing above it, and syncs every ancestor that got a
 * new entry: else a power cut could take the whole chain away. Does nothing where it exists.
 */
export async function makeFolder(path: string): Promise<void> {
	step("folder:make");
	const firstCreated = await mkdir(path, { recursive: true, mode: 0o700 });
	if (firstCreated === undefined) return;
	const top = dirname(resolve(firstCreated));
	for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
		await syncFolder(folder);
		if (folder === top || folder === dirname(folder)) return;
	}
}
