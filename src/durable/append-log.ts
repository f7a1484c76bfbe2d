import { type FileHandle, open } from "node:fs/promises";
import { step } from "./step.ts";
import { timedSync } from "./timed-sync.ts";
import { writeAll } from "./write-all.ts";

export type AppendLog = {
	/**
	 * Hands the bytes to the kernel; they survive the process's death once this resolves. They are the
	 * log's from now on: it keeps them until they are synced.
	 */
	append(bytes: Uint8Array): Promise<void>;
	/** Makes everything appended so far survive a power cut. */
	sync(): Promise<void>;
	/** Syncs and closes. */
	close(): Promise<void>;
	/** Closes without a sync: the file is given up, and `unsynced()` goes elsewhere. */
	abandon(): Promise<void>;
	/** Bytes that survive a power cut. */
	readonly syncedBytes: number;
	readonly sizeBytes: number;
	/** What was appended since the last good sync: all that a failed sync may have lost. */
	unsynced(): Uint8Array[];
};

/**
 * Opens a new file that only ever grows, for bytes that exist nowhere else (a microphone, a pipe).
 * It is synced at least every `syncEverySeconds` while bytes come.
 *
 * A failed sync is never tried again on the same file: the kernel may have marked the lost pages
 * clean, and a second sync would lie (fsync, ATC'20). From then on every call throws that error; the
 * caller writes `unsynced()` to a fresh file or gives up, and says so.
 *
 * One `append` at a time; a `sync` may run beside it.
 */
export async function openAppendLog(
	path: string,
	options: { syncEverySeconds?: number } = {},
): Promise<AppendLog> {
	step("log:create");
	const handle: FileHandle = await open(path, "wx", 0o600);
	const syncEveryMs = (options.syncEverySeconds ?? 1) * 1000;
	let held: Uint8Array[] = [];
	/** So many of the held chunks have been written: a sync may begin in the middle of the next. */
	let writtenChunks = 0;
	let sizeBytes = 0;
	let syncedBytes = 0;
	let lastSyncAt = performance.now();
	let broken: unknown = null;
	let syncing: Promise<void> = Promise.resolve();

	/**
	 * One after the other: the kernel tells a failure to one caller only, and a second sync beside the
	 * first would take its silence for success.
	 */
	function sync(): Promise<void> {
		const before = syncing;
		syncing = (async () => {
			await before.catch(() => undefined);
			await syncNow();
		})();
		return syncing;
	}

	async function syncNow(): Promise<void> {
		if (broken !== null) throw broken;
		const covered = sizeBytes;
		const coveredChunks = writtenChunks;
		try {
			step("log:sync");
			await timedSync(() => handle.datasync());
		} catch (error) {
			broken = error;
			throw error;
		}
		syncedBytes = covered;
		held = held.slice(coveredChunks);
		writtenChunks -= coveredChunks;
		lastSyncAt = performance.now();
	}

	return {
		async append(bytes) {
			if (broken !== null) throw broken;
			held.push(bytes);
			step("log:append");
			await writeAll(handle, bytes, sizeBytes);
			sizeBytes += bytes.length;
			writtenChunks += 1;
			if (performance.now() - lastSyncAt >= syncEveryMs) await sync();
		},
		sync,
		async close() {
			try {
				await sync();
			} finally {
				await handle.close();
			}
		},
		abandon: () => handle.close(),
		get syncedBytes() {
			return syncedBytes;
		},
		get sizeBytes() {
			return sizeBytes;
		},
		unsynced: () => held,
	};
}
