import type { FileHandle } from "node:fs/promises";

/** Writes every byte: a single write may take fewer than it was given (disk nearly full, signals). */
export async function writeAll(
	handle: FileHandle,
	bytes: Uint8Array,
	position: number | null = null,
): Promise<void> {
	let written = 0;
	while (written < bytes.length) {
		const at = position === null ? null : position + written;
		const result = await handle.write(bytes, written, bytes.length - written, at);
		written += result.bytesWritten;
	}
}
