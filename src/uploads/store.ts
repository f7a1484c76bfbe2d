import { createHash, type Hash } from "node:crypto";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isUploadId, type Layout, receiptsFolder, uploadFolder } from "../archive/layout.ts";
import { hashFile } from "../durable/hash-file.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { acquireLock } from "../durable/process-lock.ts";
import { purgedPrefix, removeFolder } from "../durable/remove-folder.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { claimSpace, requireFreeSpace } from "../durable/volume.ts";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import { hashBeginning } from "./hash-beginning.ts";
import { type BodyChecksum, receiveBody, SyncFailed } from "./receive-body.ts";
import {
	readUploadFile,
	type UploadFile,
	uploadAudioFilename,
	writeUploadFile,
} from "./upload-file.ts";

/** One upload, as this process knows it. */
export type Upload = {
	readonly id: string;
	file: UploadFile;
	/** Over the first `file.offsetBytes`; null: to be had by reading them. */
	hash: Hash | null;
	/** Who is writing to it just now. */
	writer: { body: Readable; lastChunkAt: number; done: Promise<void> } | null;
	/** Whether upload.json is written: it is not where a crash may take the upload away. */
	readonly isKept: boolean;
	isRemoved: boolean;
	/** Nobody may add to it any more: it is being ended. */
	isShut: boolean;
};

export type StoreLimits = {
	reserveBytes: number;
	idleSeconds: number;
	/** A connection that brought nothing for so long makes way for another one. */
	takeOverSeconds: number;
};

export type Arriving = {
	body: Readable;
	/** As the request announced it; null where it did not. */
	bodyBytes: number | null;
	checksum: BodyChecksum | null;
	/** The whole upload may not grow beyond. */
	maxBytes: number;
	/** The audio's first bytes, for whoever refuses what is no audio; not called again. */
	onHead: (head: Uint8Array) => void;
};

export type UploadStore = {
	/** @param isKept the upload survives a crash, and a power cut: from when this returns */
	create(id: string, file: UploadFile, options: { isKept: boolean }): Promise<Upload>;
	/** Null: no such upload, or it is a recording by now. */
	find(id: string): Upload | null;
	all(): Upload[];
	/**
	 * Adds a body at the upload's offset. When this returns, what came is synced and counted.
	 * @returns why it broke off, where it did
	 * @throws ERR_CONFLICT where somebody else is writing, and where it has ended
	 */
	append(upload: Upload, arriving: Arriving): Promise<{ cut: OnwaxError | null }>;
	/** Ends a connection that has gone silent; true where nobody is writing now. */
	settle(upload: Upload): Promise<boolean>;
	/**
	 * From now on nobody may add to it. False where somebody is writing just now: then it stays open.
	 * Synchronous, so that nobody can begin between the look and the answer.
	 */
	shut(upload: Upload): boolean;
	/** Takes that back, where what was meant to follow failed. */
	reopen(upload: Upload): void;
	/** Changes what is known about it; on disk when this returns. @throws ERR_NOT_FOUND once it is removed */
	change(upload: Upload, change: Partial<UploadFile>): Promise<void>;
	/** The file of its audio, which is then what counts and nothing behind it, and its hash. */
	whole(upload: Upload): Promise<{ path: string; sha256: string; sizeBytes: number }>;
	/** Ends whoever is writing to it, and forgets it for good. */
	remove(upload: Upload): Promise<void>;
	/** Ends all connections, or those of some uploads; what came by them is counted. */
	endAll(which?: (upload: Upload) => boolean): Promise<void>;
	close(): void;
};

/**
 * What is being uploaded to this library. One process has it at a time.
 *
 * @param limits asked each time: settings change
 * @returns null where another process has it
 */
export async function openUploadStore(
	layout: Layout,
	limits: () => StoreLimits,
): Promise<UploadStore | null> {
	await makeFolder(receiptsFolder(layout));
	const lock = await acquireLock(join(layout.uploads, "lock.db"));
	if (lock === null) return null;
	const uploads = new Map<string, Upload>();
	for (const entry of await readdir(layout.uploads)) {
		const path = join(layout.uploads, entry);
		if (entry.startsWith(purgedPrefix)) await rm(path, { recursive: true, force: true });
		if (!isUploadId(entry)) continue;
		const file = await readUploadFile(path);
		// Begun, and never acknowledged: the sender has it.
		if (file === null) await rm(path, { recursive: true, force: true });
		else uploads.set(entry, await loaded(layout, entry, file));
	}

	/** Removed, but their folders could not be: nobody's, and gone with the next start at the latest. */
	const left = new Set<string>();
	const putting = new WeakMap<Upload, Promise<void>>();

	/**
	 * One after the other, each to what the one before has left. On disk first: where that fails, what is
	 * told stays what it was.
	 */
	function put(upload: Upload, change: Partial<UploadFile>): Promise<void> {
		const write = async () => {
			const file = { ...upload.file, ...change };
			if (upload.isKept) await writeUploadFile(uploadFolder(layout, upload.id), file);
			upload.file = { ...upload.file, ...change };
		};
		const done = (putting.get(upload) ?? Promise.resolve()).then(write);
		putting.set(
			upload,
			done.catch(() => {}),
		);
		return done;
	}

	async function hashOf(upload: Upload): Promise<Hash> {
		if (upload.hash !== null) return upload.hash;
		upload.hash = await hashBeginning(audioPath(layout, upload.id), upload.file.offsetBytes);
		return upload.hash;
	}

	async function settle(upload: Upload): Promise<boolean> {
		const { writer } = upload;
		if (writer === null) return true;
		const silentMs = performance.now() - writer.lastChunkAt;
		if (silentMs < limits().takeOverSeconds * 1000) return false;
		writer.body.destroy();
		await writer.done;
		return upload.writer === null;
	}

	async function remove(upload: Upload): Promise<void> {
		if (upload.isRemoved) return;
		upload.isRemoved = true;
		upload.writer?.body.destroy();
		await upload.writer?.done;
		const folder = uploadFolder(layout, upload.id);
		try {
			if (upload.isKept) await removeFolder(folder);
			else await rm(folder, { recursive: true, force: true });
		} catch (error) {
			left.add(upload.id);
			throw error;
		} finally {
			uploads.delete(upload.id);
		}
	}

	async function receive(upload: Upload, arriving: Arriving): Promise<OnwaxError | null> {
		const { body, bodyBytes, checksum, maxBytes, onHead } = arriving;
		const { reserveBytes, idleSeconds } = limits();
		const { offsetBytes, lengthBytes } = upload.file;
		const limitBytes = Math.min(lengthBytes ?? maxBytes, maxBytes) - offsetBytes;
		if (bodyBytes !== null && bodyBytes > limitBytes) {
			throw new OnwaxError("ERR_TOO_LARGE", "More is announced than belongs to this upload.", {
				hint: `It has ${offsetBytes} bytes, and takes ${limitBytes} more.`,
			});
		}
		const hash = await hashOf(upload);
		const space = await claimSpace(layout.uploads, bodyBytes ?? 0, reserveBytes);
		let isHead = offsetBytes === 0;
		const file = await open(audioPath(layout, upload.id), "r+");
		const count = async (synced: { offsetBytes: number; hash: Hash }) => {
			const lastByteAt = new Date().toISOString();
			await put(upload, { offsetBytes: synced.offsetBytes, lastByteAt });
			upload.hash = synced.hash;
		};
		try {
			const { cut } = await receiveBody(file, { offsetBytes, hash }, body, {
				limitBytes,
				checksum,
				idleSeconds,
				requireSpace: () => requireFreeSpace(layout.uploads, 0, limits().reserveBytes),
				onChunk(chunk) {
					if (upload.writer) upload.writer.lastChunkAt = performance.now();
					space.written(chunk.length);
					if (isHead) onHead(chunk);
					isHead = false;
				},
				onSynced: count,
			});
			return cut;
		} finally {
			space.release();
			await file.close();
		}
	}

	return {
		async create(id, file, { isKept }) {
			await requireFreeSpace(layout.uploads, file.lengthBytes ?? 0, limits().reserveBytes);
			const folder = uploadFolder(layout, id);
			if (left.delete(id)) {
				await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
					left.add(id);
					throw error;
				});
			}
			await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
				// The same idempotency key, in two requests at once.
				throw systemErrorCode(error) === "EEXIST" ? isBusy() : error;
			});
			await (await open(join(folder, uploadAudioFilename), "wx", 0o600)).close();
			const hash = createHash("sha256");
			const state = { writer: null, isRemoved: false, isShut: false };
			const upload: Upload = { id, file, hash, isKept, ...state };
			try {
				await put(upload, file);
				if (isKept) await syncFolder(layout.uploads);
			} catch (error) {
				await rm(folder, { recursive: true, force: true });
				throw error;
			}
			uploads.set(id, upload);
			return upload;
		},
		find: (id) => uploads.get(id) ?? null,
		all: () => [...uploads.values()],
		async append(upload, arriving) {
			if (upload.isRemoved) throw isGone();
			// A recording may be made of it by now, of these very bytes on disk.
			if (upload.isShut || upload.file.cutAt !== null) throw isEnded();
			if (upload.writer !== null) throw isBusy();
			let done = () => {};
			upload.writer = {
				body: arriving.body,
				lastChunkAt: performance.now(),
				done: new Promise((resolve) => {
					done = resolve;
				}),
			};
			let failure: unknown = null;
			try {
				return { cut: await receive(upload, arriving) };
			} catch (error) {
				failure = error;
				if (upload.isRemoved) throw isGone();
				throw error instanceof SyncFailed ? toOnwaxError(error.cause, "ERR_IO") : error;
			} finally {
				upload.writer = null;
				done();
				// Nobody can tell what is on disk of it (fsync, ATC'20); the sender begins anew.
				if (failure instanceof SyncFailed) await remove(upload);
			}
		},
		settle,
		shut(upload) {
			if (upload.writer !== null) return false;
			upload.isShut = true;
			return true;
		},
		reopen(upload) {
			upload.isShut = false;
		},
		async change(upload, change) {
			try {
				await put(upload, change);
			} catch (error) {
				throw upload.isRemoved ? isGone() : error;
			}
		},
		async whole(upload) {
			const path = audioPath(layout, upload.id);
			const { offsetBytes } = upload.file;
			const { size } = await stat(path);
			if (size > offsetBytes) {
				const file = await open(path, "r+");
				try {
					await file.truncate(offsetBytes);
					await file.sync();
				} finally {
					await file.close();
				}
			}
			if (upload.hash !== null) {
				return { path, sha256: upload.hash.copy().digest("hex"), sizeBytes: offsetBytes };
			}
			return { path, ...(await hashFile(path)) };
		},
		remove,
		async endAll(which = () => true) {
			const ended = [...uploads.values()].filter(which);
			const writers = ended.flatMap(({ writer }) => writer ?? []);
			for (const { body } of writers) body.destroy();
			await Promise.all(writers.map(({ done }) => done));
		},
		close: () => lock.release(),
	};
}

export function isBusy(): OnwaxError {
	return new OnwaxError("ERR_CONFLICT", "Another connection is sending this upload.", {
		retryable: true,
		retryAfterSeconds: 1,
		hint: "Where that one is dead, this one takes its place in a moment.",
	});
}

function isEnded(): OnwaxError {
	return new OnwaxError("ERR_CONFLICT", "This upload has ended: nothing came for too long.", {
		retryable: true,
		retryAfterSeconds: 1,
		hint: "GET says what became of it. Send what is missing as an upload of its own.",
	});
}

export function isGone(): OnwaxError {
	return new OnwaxError("ERR_NOT_FOUND", "There is no such upload.", {
		hint: "It may have expired, or belong to somebody else. Send it anew.",
	});
}

function audioPath(layout: Layout, id: string): string {
	return join(uploadFolder(layout, id), uploadAudioFilename);
}

/** What a crash left. Less than was counted can only be the work of a disk that lies: that counts. */
async function loaded(layout: Layout, id: string, file: UploadFile): Promise<Upload> {
	const path = audioPath(layout, id);
	let size = 0;
	try {
		size = (await stat(path)).size;
	} catch (error) {
		if (systemErrorCode(error) !== "ENOENT") throw error;
		await (await open(path, "wx", 0o600)).close();
	}
	const offsetBytes = Math.min(size, file.offsetBytes);
	const counted = { ...file, offsetBytes };
	const state = { hash: null, writer: null, isRemoved: false, isShut: false };
	return { id, file: counted, isKept: true, ...state };
}
