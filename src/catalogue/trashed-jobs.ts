import type { CatalogueDatabase } from "./catalogue.ts";
import { loadKysely } from "./kysely.ts";

/** The error code of jobs that wait because their recording is in the trash. */
export const trashedCode = "trashed";

/**
 * Nothing is done for a recording in the trash. A job that runs loses its token, and with it its
 * say: the worker's heartbeat finds that out and ends the work, in whichever process it is.
 */
export async function setJobsAside(tx: CatalogueDatabase, name: string): Promise<void> {
	await run(tx, setAside, [trashedCode, name]);
}

/** Out of the trash: what was set aside is due, unless the same was queued anew. */
export async function takeJobsUp(tx: CatalogueDatabase, name: string): Promise<void> {
	await run(tx, takeUp, [name, trashedCode]);
	await run(tx, forgetSetAside, [name, trashedCode]);
}

/** The recording is gone, and the work on it with it. */
export async function forgetOpenJobs(tx: CatalogueDatabase, name: string): Promise<void> {
	await run(tx, forgetOpen, [name]);
	await run(tx, forgetSetAside, [name, trashedCode]);
}

// The states are spelled out: only so the index of open jobs serves.
const setAside = `UPDATE jobs SET state = 'parked', error_code = ?, token = NULL, lease_until = NULL,
	writer = NULL WHERE recording = ? AND state IN ('queued', 'running')`;
const takeUp = `UPDATE OR IGNORE jobs SET state = 'queued', error_code = NULL, deliveries = 0,
	run_at = unixepoch('subsec') WHERE recording = ? AND state = 'parked' AND error_code = ?`;
const forgetSetAside =
	"DELETE FROM jobs WHERE recording = ? AND state = 'parked' AND error_code = ?";
const forgetOpen = "DELETE FROM jobs WHERE recording = ? AND state IN ('queued', 'running')";

function run(tx: CatalogueDatabase, text: string, parameters: unknown[]) {
	return tx.executeQuery(loadKysely().CompiledQuery.raw(text, parameters));
}
