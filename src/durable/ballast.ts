import { randomBytes } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { step } from "./step.ts";
import { writeAll } from "./write-all.ts";

export type Ballast = {
	/** Gives the space back; false where it was given back before. */
	drop(): Promise<boolean>;
};

/**
 * Takes space on a disk that may become full, to be given up for what is more important. The bytes
 * are random: a file system that compresses, or leaves out zeros, would promise space it does not
 * have. Synced, so that the blocks are really taken.
 */
export async function takeBallast(path: string, sizeBytes: number): Promise<Ballast> {
	step("ballast:create");
	const handle = await open(path, "wx", 0o600);
	try {
		await writeAll(handle, randomBytes(sizeBytes), 0);
		await handle.datasync();
	} finally {
		await handle.close();
	}
	let taken = true;
	return {
		async drop() {
			const had = taken;
			taken = false;
			if (had) await rm(path, { force: true });
			return had;
		},
	};
}
