import { readFile } from "node:fs/promises";

/**
 * Names this run of the operating system, so that whoever finds something unfinished can tell a
 * process that was killed (the kernel kept what it had been given) from a power cut (only what had
 * been synced is there). Null where the system has no such name.
 */
export async function bootId(): Promise<string | null> {
	if (process.platform !== "linux") return null;
	try {
		return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
	} catch {
		// Not mounted in some containers: then nobody can tell, and that is said.
		return null;
	}
}
