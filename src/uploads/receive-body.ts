import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { step } from "../durable/step.ts";
import { timedSync } from "../durable/timed-sync.ts";
import { writeAll } from "../durable/write-all.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";

/** What the sender says that the bytes of one body hash to. */
export type BodyChecksum = { algorithm: "sha1" | "sha256"; digest: Buffer };

/** How far a file of audio is: so many bytes, synced, with the hash over them. */
export type Progress = { offsetBytes: number; hash: Hash };

export type BodyOptions = {
	/** The body may have so many bytes at most. */
	limitBytes: number;
	checksum: BodyChecksum | null;
	/** A body that brings nothing for so long is ended. */
	idleSeconds: number;
	/** Called every eight megabytes; throws where the disk is too full to go on. */
	requireSpace: () => Promise<void>;
	/** Told of each chunk as it comes. */
	onChunk: (chunk: Uint8Array) => void;
	/** So much is synced by now; makes it count. Not called where a checksum must be looked at first. */
	onSynced: (progress: Progress) => Promise<void>;
};

/** A sync failed: what the kernel still holds of this file is not to be trusted any more. */
export class SyncFailed extends Error {}

/** Handed to the kernel at once. */
const batchBytes = 512 * 1024;
/** After so much, or so long, what has come is synced while more comes. */
const syncEveryBytes = 256 * 1024 * 1024;
const syncEveryMs = 15_000;
const lookAtSpaceEveryBytes = 8_000_000;
const flushEveryMs = 1000;

/**
 * Writes a body behind what a file has already; synced when this returns. Holds less than two
 * megabytes of it. A body that breaks off is kept as far as it came, and `cut` says why; with a
 * checksum nothing of it counts before all of it was looked at.
 *
 * Whatever is thrown, the file counts up to the last `onSynced`, and what lies behind is cut off.
 *
 * @throws ERR_TOO_LARGE, ERR_CHECKSUM, ERR_DISK_FULL and other system errors; SyncFailed
 */
export async function receiveBody(
	file: FileHandle,
	from: Progress,
	body: Readable,
	options: BodyOptions,
): Promise<{ progress: Progress; cut: OnwaxError | null }> {
	const { limitBytes, checksum } = options;
	const hash = from.hash.copy();
	const bodyHash = checksum === null ? null : createHash(checksum.algorithm);
	let batch: Uint8Array[] = [];
	let batchedBytes = 0;
	/** Bytes of the file that were handed to the kernel, or are just being. */
	let position = from.offsetBytes;
	/** Free space was looked at before the body; a body that says no length is looked after here. */
	let lookAtSpaceAt = position + lookAtSpaceEveryBytes;
	let writing: Promise<void> = Promise.resolve();
	let counting = from.offsetBytes;
	let flushedAt = performance.now();
	let syncedAt = flushedAt;
	let syncing: Promise<void> = Promise.resolve();
	const failed: { error: unknown }[] = [];
	const throwFailure = () => {
		for (const { error } of failed) throw error;
	};

	async function flush(): Promise<void> {
		await writing;
		flushedAt = performance.now();
		if (batchedBytes === 0) return;
		if (position >= lookAtSpaceAt) {
			await options.requireSpace();
			lookAtSpaceAt = position + lookAtSpaceEveryBytes;
		}
		const chunks = batch;
		const at = position;
		position += batchedBytes;
		batch = [];
		batchedBytes = 0;
		writing = writeChunks(file, chunks, at).then(() => {
			if (body instanceof IncomingMessage) giveBack(chunks);
		});
		// Awaited by the next flush; until then nobody may call it unhandled.
		writing.catch(() => undefined);
	}

	async function sync(progress: Progress): Promise<void> {
		try {
			step("upload:sync");
			await timedSync(() => file.datasync());
		} catch (cause) {
			throw new SyncFailed("the disk failed to take the upload", { cause });
		}
		await options.onSynced(progress);
		counting = progress.offsetBytes;
	}

	/** Starts a sync of what has come so far, beside what comes next. */
	async function syncBeside(): Promise<void> {
		await syncing;
		throwFailure();
		await flush();
		await writing;
		syncedAt = performance.now();
		syncing = sync({ offsetBytes: position, hash: hash.copy() }).catch((error: unknown) => {
			failed.push({ error });
		});
	}

	const ended: { cut: OnwaxError | null } = { cut: null };
	let receivedBytes = 0;
	let syncedAtBytes = 0;
	const idle = setTimeout(() => {
		body.destroy(
			new OnwaxError("ERR_TIMEOUT", `No byte came for ${options.idleSeconds} seconds.`, {
				retryable: true,
			}),
		);
	}, options.idleSeconds * 1000);
	try {
		for await (const chunk of chunksOf(body, (error) => {
			ended.cut = error;
		})) {
			idle.refresh();
			receivedBytes += chunk.length;
			if (receivedBytes > limitBytes) {
				throw new OnwaxError("ERR_TOO_LARGE", "More came than was announced, or is taken here.", {
					hint: "Nothing is wrong with what was sent before.",
				});
			}
			options.onChunk(chunk);
			hash.update(chunk);
			bodyHash?.update(chunk);
			batch.push(chunk);
			batchedBytes += chunk.length;
			const now = performance.now();
			// On a slow line a batch is long in coming.
			if (batchedBytes < batchBytes && now - flushedAt < flushEveryMs) continue;
			await flush();
			const isDue =
				receivedBytes - syncedAtBytes >= syncEveryBytes || now - syncedAt >= syncEveryMs;
			if (isDue && bodyHash === null) {
				syncedAtBytes = receivedBytes;
				await syncBeside();
			}
			// The disk's time is not the sender's.
			idle.refresh();
		}
		clearTimeout(idle);
		await flush();
		await writing;
		await syncing;
		throwFailure();
		if (bodyHash !== null && checksum !== null) {
			if (ended.cut !== null) throw ended.cut;
			if (!bodyHash.digest().equals(checksum.digest)) {
				throw new OnwaxError(
					"ERR_CHECKSUM",
					"What came does not have the checksum that was told.",
					{
						retryable: true,
						hint: "It was damaged on the way: send the same bytes again.",
					},
				);
			}
		}
		const progress = { offsetBytes: position, hash };
		await sync(progress);
		return { progress, cut: ended.cut };
	} catch (error) {
		clearTimeout(idle);
		await writing.catch(() => undefined);
		await syncing;
		if (!(error instanceof SyncFailed)) await file.truncate(counting);
		throw error;
	}
}

/** A body that breaks off ends, and says why: what came before counts all the same. */
async function* chunksOf(
	body: Readable,
	onCut: (error: OnwaxError) => void,
): AsyncGenerator<Buffer> {
	const chunks = body.iterator({ destroyOnReturn: false });
	try {
		for (;;) {
			const next: IteratorResult<Buffer> = await chunks.next();
			if (next.done) return;
			yield next.value;
		}
	} catch (error) {
		onCut(
			new OnwaxError("ERR_INTERRUPTED", `The upload broke off: ${toOnwaxError(error).message}`, {
				retryable: true,
				hint: "Ask how far it came, and go on there.",
				cause: error,
			}),
		);
	} finally {
		await chunks.return?.();
	}
}

/**
 * Frees the memory of chunks that nobody reads any more. Left to the garbage collector, every 32 MB of
 * them make it walk through the whole heap, which took half of the processor's time of an upload.
 * Only for chunks of a request: Node makes each of them anew and keeps none.
 */
function giveBack(chunks: readonly Uint8Array[]): void {
	for (const { buffer, byteLength } of chunks) {
		// Another chunk may be in what is larger than this one.
		if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
	}
}

async function writeChunks(file: FileHandle, chunks: Uint8Array[], at: number): Promise<void> {
	step("upload:write");
	const { bytesWritten } = await file.writev(chunks, at);
	let position = at;
	let skip = bytesWritten;
	for (const chunk of chunks) {
		// The kernel may take less than it was given, where the disk is nearly full.
		if (skip < chunk.length) await writeAll(file, chunk.subarray(skip), position + skip);
		skip = Math.max(0, skip - chunk.length);
		position += chunk.length;
	}
}
