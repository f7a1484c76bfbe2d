import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import type { FileFacts } from "../recording.ts";

/** A new file, written from the start and patched at the front when its sizes are known. */
export type OutputFile = {
	write: (bytes: Uint8Array) => void;
	/** Overwrites bytes that were written before. */
	patch: (bytes: Uint8Array, at: number) => void;
	sizeBytes: () => number;
	/** Everything on disk: written, synced, closed. */
	finish: () => void;
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
	const open = () => {
		if (fd === null) throw new Error(`${path} is closed`);
		return fd;
	};
	const flush = () => {
		writeAll(open(), buffer.subarray(0, buffered), written);
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
				writeAll(open(), bytes, written);
				written += bytes.length;
				return;
			}
			buffer.set(bytes, buffered);
			buffered += bytes.length;
		},
		patch: (bytes, at) => {
			flush();
			writeAll(open(), bytes, at);
		},
		sizeBytes: () => written + buffered,
		finish: () => {
			flush();
			fsyncSync(open());
			close();
		},
		close,
	};
}

/** Size and SHA-256 of a file that was just written, and the sync that others' writers leave out. */
export function syncAndHash(path: string): FileFacts {
	const fd = openSync(path, "r+");
	try {
		fsyncSync(fd);
		return hashOpenFile(fd);
	} finally {
		closeSync(fd);
	}
}

/** Size and SHA-256 of a file as it is. */
export function hashFile(path: string): FileFacts {
	const fd = openSync(path, "r");
	try {
		return hashOpenFile(fd);
	} finally {
		closeSync(fd);
	}
}

function hashOpenFile(fd: number): FileFacts {
	const hash = createHash("sha256");
	const buffer = Buffer.allocUnsafe(1 << 20);
	let sizeBytes = 0;
	for (let got = 1; got > 0; sizeBytes += got) {
		got = readSync(fd, buffer, 0, buffer.length, null);
		hash.update(buffer.subarray(0, got));
	}
	return { sha256: hash.digest("hex"), sizeBytes };
}

function writeAll(fd: number, bytes: Uint8Array, at: number): void {
	let done = 0;
	while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}
