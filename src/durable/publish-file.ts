import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { FileFacts } from "../recording.ts";
import { partName } from "./part-name.ts";
import { step } from "./step.ts";
import { syncFolder } from "./sync-folder.ts";
import { timedSync } from "./timed-sync.ts";
import { writeAll } from "./write-all.ts";

export type PublishFileOptions = {
	/** Default 600. */
	mode?: number;
	/** `later`: the caller syncs the folder itself, after several files. Default `now`. */
	syncFolder?: "now" | "later";
};

/**
 * Puts a small file in place so that its name only ever shows the whole old or the whole new
 * content: written beside its name, synced, renamed, folder synced (D0.6). Replaces what is there.
 *
 * @returns the SHA-256 and size of what is now on disk
 * @throws the system error as it came; then nothing has changed under `path`
 */
export async function publishFile(
	path: string,
	data: string | Uint8Array,
	options: PublishFileOptions = {},
): Promise<FileFacts> {
	const bytes = typeof data === "string" ? Buffer.from(data, "utf8") : data;
	const part = join(dirname(path), partName(basename(path)));
	try {
		step("file:create");
		const handle = await open(part, "wx", options.mode ?? 0o600);
		try {
			step("file:write");
			await writeAll(handle, bytes);
			step("file:sync");
			await timedSync(() => handle.sync());
		} finally {
			await handle.close();
		}
		step("file:rename");
		await rename(part, path);
	} catch (error) {
		// A failed removal leaves a file named as rubbish, which `recover` removes; the reason
		// for the failure is the one worth telling.
		await rm(part, { force: true }).catch(() => undefined);
		throw error;
	}
	if (options.syncFolder !== "later") await syncFolder(dirname(path));
	return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
}
