import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, type FileHandle, open } from "node:fs/promises";
import type { FileFacts } from "../recording.ts";
import { type HashOptions, hashFile, readAhead } from "./hash-file.ts";
import { step } from "./step.ts";
import { timedSync } from "./timed-sync.ts";
import { writeAll } from "./write-all.ts";
import { startWriteback } from "./writeback.ts";

/** Pairs of devices between which a clone was refused: not asked again for every file. */
const cannotClone = new Set<string>();

/**
 * Copies an open file to a new file and hashes exactly the bytes that it wrote; synced when it
 * returns (the folder is not). Where the file system can share blocks (btrfs, XFS, APFS, ReFS)
 * nothing is copied and the shared blocks are hashed.
 *
 * Elsewhere the bytes pass through this process once: `copy_file_range` and a second reading for
 * the hash took longer (docs/decisions/0003).
 *
 * @param source open for reading; its path is needed for cloning only
 * @throws the system error as it came (EEXIST where the target exists); the target may be half there
 */
export async function copyHashed(
	source: { handle: FileHandle; path: string },
	targetPath: string,
	options: HashOptions = {},
): Promise<FileFacts> {
	step("copy:create");
	if (await clone(source, targetPath)) {
		const target = await open(targetPath, "r+");
		try {
			await timedSync(() => target.sync());
		} finally {
			await target.close();
		}
		return hashFile(targetPath, options);
	}
	const target = await open(targetPath, "wx", 0o600);
	try {
		const hash = createHash("sha256");
		let sizeBytes = 0;
		const writeback = startWriteback(target);
		let writing: Promise<void> = Promise.resolve();
		for await (const chunk of readAhead(source.handle)) {
			options.signal?.throwIfAborted();
			writing = writeAll(target, chunk, sizeBytes);
			// Hash while the kernel takes the bytes; the buffer is ours until both are done.
			hash.update(chunk);
			await writing;
			sizeBytes += chunk.length;
			options.onBytes?.(chunk.length);
			await writeback.wrote(chunk.length);
		}
		await writeback.settled();
		step("copy:sync");
		await timedSync(() => target.sync());
		return { sha256: hash.digest("hex"), sizeBytes };
	} finally {
		await target.close();
	}
}

async function clone(
	source: { handle: FileHandle; path: string },
	targetPath: string,
): Promise<boolean> {
	const { dev, ino } = await source.handle.stat();
	if (cannotClone.has(`${dev}`)) return false;
	try {
		const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE;
		await copyFile(source.path, targetPath, flags);
	} catch {
		// ENOTSUP, EXDEV, EINVAL, ENOSYS …: whatever the reason, the plain copy decides and reports.
		cannotClone.add(`${dev}`);
		return false;
	}
	// The path may have been exchanged since the handle was opened; then the clone is of another file.
	const cloned = await open(source.path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
	try {
		const now = await cloned.stat();
		if (now.dev === dev && now.ino === ino) return true;
	} finally {
		await cloned.close();
	}
	throw Object.assign(new Error("the file was exchanged while it was copied"), { code: "ESTALE" });
}
