import { chmod, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { publishFile } from "../durable/publish-file.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import type { Library } from "../library/library.ts";
import type { Metadata } from "../recording.ts";

const prefix = "before-purge-";
const keptSnapshots = 3;

/**
 * Before anything is destroyed (D1.18): a copy of the catalogue, and one line of JSON for each
 * recording that is about to go, both in `backups/`. The newest three of each are kept.
 */
export async function snapshotBeforePurge(
	{ layout }: Library,
	doomed: readonly Metadata[],
): Promise<void> {
	const stamp = new Date().toISOString().replaceAll(":", "-");
	const lines = doomed.map((metadata) => `${JSON.stringify(metadata)}\n`).join("");
	await publishFile(join(layout.backups, `${prefix}${stamp}.jsonl`), lines);
	const copy = join(layout.backups, `${prefix}${stamp}-library.db`);
	const database = new DatabaseSync(layout.catalogue, { readOnly: true });
	try {
		await backup(database, copy);
	} finally {
		database.close();
	}
	await chmod(copy, 0o600);
	const file = await open(copy, "r+");
	try {
		await file.sync();
	} finally {
		await file.close();
	}
	const all = (await readdir(layout.backups)).filter((name) => name.startsWith(prefix)).sort();
	for (const suffix of [".jsonl", "-library.db"]) {
		const old = all.filter((name) => name.endsWith(suffix)).slice(0, -keptSnapshots);
		for (const name of old) await rm(join(layout.backups, name), { force: true });
	}
	await syncFolder(layout.backups);
}
