import type { FileHandle } from "node:fs/promises";

/** How much may be dirty before the disk is asked to start: keeps the last sync of a big file short. */
const writebackBytes = 64 * 1024 * 1024;

export type Writeback = {
	/** So much more has been written; waits where the disk is a whole round behind. */
	wrote(bytes: number): Promise<void>;
	/** @throws what any of the syncs threw: a failed one may have dropped pages, and is told once only */
	settled(): Promise<void>;
};

/** Has a large file written to the disk while it is being made. The last sync is the caller's. */
export function startWriteback(target: FileHandle): Writeback {
	let dirtyBytes = 0;
	let running: Promise<unknown> = Promise.resolve();
	let failure: { error: unknown } | null = null;
	return {
		async wrote(bytes) {
			dirtyBytes += bytes;
			if (dirtyBytes < writebackBytes) return;
			dirtyBytes = 0;
			await running;
			running = target.datasync().catch((error: unknown) => {
				failure ??= { error };
			});
		},
		async settled() {
			await running;
			if (failure !== null) throw failure.error;
		},
	};
}
