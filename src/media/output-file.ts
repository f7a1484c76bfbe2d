import { createHash } from "node:crypto";
import { closeSync, fsync, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import type { FileFacts } from "../recording.ts";

/** A new file, written from the start and patched at the front when its sizes are known. */
export type OutputFile = {
	write: (bytes: Uint8Array) => void;
	/** Overwrites bytes that were written before. */
	patch: (bytes: Uint8Array, at: number) => void;
	sizeBytes: () => number;
	/** Everything on disk: written, synced, closed. */
	finish: () => Promise<void>;
	/** After a failure; may follow `finish`. */
	close: () => void;
};

const bufferBytes = 256 * 1024;

/** Creates `path`, which must not exist, readable by its owner alone. System errors pass through. */
export function createOutputFile(path: string): OutputFile {
	let fd: number | null = openSync(path, "wx", 0o600);
	const buffer = Buffer.allocUnsafe(bufferBytes);
	let buffered = 0;
	let written = 0;
	const opened = () => {
		if (fd === null) throw new Error(`${path} is closed`);
		return fd;
	};
	const flush = () => {
		writeAll(opened(), buffer.subarray(0, buffered), written);
		written += buffered;
		buffered = 0;
	};
	const close = () => {
		if (fd !== null) closeSync(fd);
		fd = null;
	};
	return {
		write: (bytes) => {
			if (buffered + bytes.length > bufferBytes) flush();
			if (bytes.length > bufferBytes) {
				writeAll(opened(), bytes, written);
				written += bytes.length;
				return;
			}
			buffer.set(bytes, buffered);
			buffered += bytes.length;
		},
		patch: (bytes, at) => {
			flush();
			writeAll(opened(), bytes, at);
		},
		sizeBytes: () => written + buffered,
		finish: async () => {
			flush();
			await sync(opened());
			close();
		},
		close,
	};
}

/** Size and SHA-256 of a file that was just written, and the sync that others' writers leave out. */
export async function syncAndHash(path: string): Promise<FileFacts> {
	const fd = openSync(path, "r+");
	try {
		await sync(fd);
	} finally {
		closeSync(fd);
	}
	return hashFile(path);
}

/** Size and SHA-256 of a file as it is. */
export async function hashFile(path: string): Promise<FileFacts> {
	const hash = createHash("sha256");
	const buffer = Buffer.allocUnsafe(1 << 20);
	let sizeBytes = 0;
	const file = await open(path, "r");
	try {
		for (;;) {
			const { bytesRead } = await file.read(buffer, 0, buffer.length, sizeBytes);
			if (bytesRead === 0) return { sha256: hash.digest("hex"), sizeBytes };
			hash.update(buffer.subarray(0, bytesRead));
			sizeBytes += bytesRead;
		}
	} finally {
		await file.close();
	}
}

/** Not in the way of the event loop: a slow disk may take long, and must not look like a hang. */
const sync = promisify(fsync);

function writeAll(fd: number, bytes: Uint8Array, at: number): void {
	let done = 0;
	while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}
