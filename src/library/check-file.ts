import { lstat } from "node:fs/promises";
import { type HashOptions, hashFile } from "../durable/hash-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { FileFacts } from "../recording.ts";

/** Reads a file to its end; tests put a failing disk in its place. */
export type ReadFacts = (path: string, options: HashOptions) => Promise<FileFacts>;

/** How a file compares with what metadata.json lists. */
export type FileCheck =
	| { kind: "whole"; facts: FileFacts }
	| { kind: "missing" }
	/** A folder, a symbolic link, a device: whatever it holds is not this recording's. */
	| { kind: "not-a-file" }
	/** The disk, or a permission, says no: nothing is known about the content. */
	| { kind: "unreadable"; message: string }
	| { kind: "size-differs"; sizeBytes: number }
	| { kind: "differs"; facts: FileFacts };

/**
 * Compares one file with what is listed. A wrong checksum is believed only when a second reading
 * gives the same wrong one: memory and cables flip bits as well (restic #5467).
 */
export async function checkFile(
	path: string,
	listed: FileFacts,
	options: HashOptions & { readFacts?: ReadFacts } = {},
): Promise<FileCheck> {
	const { readFacts = hashFile } = options;
	try {
		const stat = await lstat(path);
		if (!stat.isFile()) return { kind: "not-a-file" };
		if (stat.size !== listed.sizeBytes) return { kind: "size-differs", sizeBytes: stat.size };
		const first = await readFacts(path, options);
		if (first.sha256 === listed.sha256) return { kind: "whole", facts: first };
		const second = await readFacts(path, { signal: options.signal });
		if (second.sha256 === listed.sha256) return { kind: "whole", facts: second };
		if (second.sha256 === first.sha256) return { kind: "differs", facts: first };
		return { kind: "unreadable", message: "it reads differently each time" };
	} catch (error) {
		options.signal?.throwIfAborted();
		const code = systemErrorCode(error);
		if (code === "ENOENT") return { kind: "missing" };
		if (code === "ELOOP") return { kind: "not-a-file" };
		if (code === null && !(error instanceof OnwaxError)) throw error;
		return { kind: "unreadable", message: error instanceof Error ? error.message : String(error) };
	}
}
