import { OnwaxError } from "../errors.ts";
import type { Job } from "../job.ts";
import { holdsToken } from "../jobs/queue.ts";
import type { Library } from "../library/library.ts";

/** Whoever lost the job while the engine was at work must not touch the folder any more. */
export async function requireToken(library: Library, job: Job): Promise<void> {
	await requireSettled(await holdsToken(library.catalogue.db, job));
}

/** @throws ERR_JOB_LOST unless the job was still held */
export async function requireSettled(held: boolean): Promise<void> {
	if (held) return;
	throw new OnwaxError("ERR_JOB_LOST", "This job was taken away from its worker.");
}
