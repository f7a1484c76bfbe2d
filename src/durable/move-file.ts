import { open, rename, rm } from "node:fs/promises";
import { systemErrorCode } from "../errors.ts";
import { copyHashed } from "./copy-hashed.ts";
import { step } from "./step.ts";

/**
 * Moves a synced file to a new name, also to another device. The folders are synced by the caller.
 * A crash can leave both; a name that says that it does not count yet is the right target.
 */
export async function moveFile(from: string, to: string): Promise<void> {
	step("file:move");
	try {
		await rename(from, to);
	} catch (error) {
		if (systemErrorCode(error) !== "EXDEV") throw error;
		await rm(to, { force: true });
		const handle = await open(from, "r");
		try {
			await copyHashed({ handle, path: from }, to);
		} finally {
			await handle.close();
		}
		await rm(from);
	}
}
