import { statfs } from "node:fs/promises";

/** `low`: worth a look. `critical`: nothing new is taken in. */
export type DiskLevel = "ok" | "low" | "critical";

export type DiskState = {
	freeBytes: number;
	totalBytes: number;
	reserveBytes: number;
	level: DiskLevel;
	hint: string | null;
};

/** Less than this is refused whatever the reserve is (D3.4). */
const leastFreeBytes = 10e6;
const lowBytes = 1e9;

/** The disk of the library, as it is now (D2.3, D3.4). */
export async function diskState(folder: string, reserveBytes: number): Promise<DiskState> {
	const { bavail, blocks, bsize } = await statfs(folder);
	const freeBytes = bavail * bsize;
	const level = diskLevel(freeBytes, reserveBytes);
	return { freeBytes, totalBytes: blocks * bsize, reserveBytes, level, hint: hints[level] };
}

export function diskLevel(freeBytes: number, reserveBytes: number): DiskLevel {
	const leastBytes = Math.max(reserveBytes, leastFreeBytes);
	if (freeBytes < leastBytes) return "critical";
	return freeBytes < Math.max(2 * leastBytes, lowBytes) ? "low" : "ok";
}

const hints: Record<DiskLevel, string | null> = {
	ok: null,
	low: "Space runs short: `onwax cleanup --older-than 30d --dry-run` shows what could go.",
	critical:
		"Nothing new is taken in until there is space: empty the trash, clean up, or lower minFreeSpaceMb.",
};
