import { createHash } from "node:crypto";
import { open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { FileFacts, Sha256 } from "../recording.ts";
import { hashFile } from "./hash-file.ts";
import { partSuffix } from "./part-name.ts";
import { step } from "./step.ts";
import { timedSync } from "./timed-sync.ts";
import { writeAll } from "./write-all.ts";

/**
 * Several files cannot change at one moment, but one can. So new contents are prepared beside the
 * old ones under names that carry their hash; then one file is published that lists the hashes
 * (metadata.json: the moment at which the change counts); then the prepared files are put in place.
 * Whoever finds a prepared file that is listed finishes that, one that is not is rubbish.
 */
export function preparedName(filename: string, sha256: Sha256): string {
	return `.${filename}.${sha256.slice(0, 16)}${partSuffix}`;
}

/** Writes and syncs the content under its prepared name; the folder is synced by the caller. */
export async function prepareFile(
	folder: string,
	filename: string,
	data: string | Uint8Array,
): Promise<FileFacts> {
	const bytes = typeof data === "string" ? Buffer.from(data, "utf8") : data;
	const sha256 = createHash("sha256").update(bytes).digest("hex");
	step("prepare:create");
	// The same content may lie here from a change that was cut short: written again, it is whole.
	const handle = await open(join(folder, preparedName(filename, sha256)), "w", 0o600);
	try {
		step("prepare:write");
		await writeAll(handle, bytes);
		step("prepare:sync");
		await timedSync(() => handle.sync());
	} finally {
		await handle.close();
	}
	return { sha256, sizeBytes: bytes.length };
}

/**
 * Puts every prepared file that is listed in its place. Harmless twice.
 *
 * @param options.verify read each one first, and leave it where its bytes are not what its name says
 * @returns names of the files that were put in place; the caller syncs the folder
 */
export async function placePrepared(
	folder: string,
	listed: Record<string, FileFacts>,
	options: { verify: boolean } = { verify: false },
): Promise<string[]> {
	const present = new Set(await readdir(folder));
	const placed: string[] = [];
	for (const [filename, facts] of Object.entries(listed)) {
		const prepared = preparedName(filename, facts.sha256);
		if (!present.has(prepared)) continue;
		const path = join(folder, prepared);
		if (options.verify && (await hashFile(path)).sha256 !== facts.sha256) continue;
		step("prepare:place");
		await rename(path, join(folder, filename));
		placed.push(filename);
	}
	return placed;
}
