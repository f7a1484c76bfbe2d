import { lstat } from "node:fs/promises";
import { systemErrorCode } from "../errors.ts";

/** Whether there is anything under this name, a dangling link included. */
export async function exists(path: string): Promise<boolean> {
	try {
		await lstat(path);
		return true;
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return false;
		throw error;
	}
}
