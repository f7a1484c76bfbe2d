import { constants } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { copyHashed } from "../durable/copy-hashed.ts";
import { hashFile } from "../durable/hash-file.ts";
import { systemErrorCode } from "../errors.ts";
import type { JobKind } from "../job.ts";
import type { FileFacts, Metadata } from "../recording.ts";
import { damagedName } from "./restore-metadata.ts";

/** What becomes of a recording that is being repaired; each repair writes its part into it. */
export type Repair = {
	fields: Partial<Metadata>;
	files: Record<string, FileFacts>;
	superseded: string[];
	jobs: Set<JobKind>;
	/** One sentence for each thing done, for the recording's events. */
	done: string[];
};

/**
 * Keeps damaged bytes beside the recording under a name that says so.
 *
 * @returns that name; null where there are no bytes
 */
export async function keepDamaged(
	folder: string,
	file: string,
	repair: Repair,
): Promise<string | null> {
	const path = join(folder, file);
	try {
		const facts = await hashFile(path);
		if (facts.sizeBytes === 0) return null;
		const kept = damagedName(file, facts.sha256);
		repair.files[kept] = facts;
		// Kept already, by a repair that was cut short: written again, it is whole.
		await rm(join(folder, kept), { force: true });
		const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
		try {
			await copyHashed({ handle, path }, join(folder, kept));
		} finally {
			await handle.close();
		}
		return kept;
	} catch (error) {
		if (systemErrorCode(error) !== "ENOENT") throw error;
		return null;
	}
}
