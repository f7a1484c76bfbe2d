import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Layout } from "../archive/layout.ts";
import { exists } from "../durable/exists.ts";
import { publishFile } from "../durable/publish-file.ts";
import { syncFolder } from "../durable/sync-folder.ts";

/**
 * SQLite notices damage only when it reads the damaged page, so a catalogue can open well and fail
 * in the middle of a command. Whoever meets that leaves a mark, and the next opening builds the
 * catalogue anew.
 */
export async function markCatalogueDamaged(layout: Layout): Promise<void> {
	await publishFile(layout.catalogueMark, "");
}

/** A damaged catalogue is kept: it may hold what somebody wants to look at. */
export async function moveCatalogueAside(layout: Layout): Promise<void> {
	const stamp = new Date().toISOString().replaceAll(":", "-");
	for (const suffix of ["-wal", "-shm", ""]) {
		const from = `${layout.catalogue}${suffix}`;
		if (!(await exists(from))) continue;
		await rename(from, join(layout.backups, `damaged-${stamp}-library.db${suffix}`));
	}
	await rm(layout.catalogueMark, { force: true });
	await syncFolder(layout.backups);
	await syncFolder(layout.data);
}
