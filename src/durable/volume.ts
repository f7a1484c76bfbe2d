import { statfsSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { OnwaxError } from "../errors.ts";
import { sizeText } from "./size-text.ts";

/** What `statfs` calls file systems that live on another machine: their locks are not to be trusted. */
const networkFileSystems = new Map([
	[0x6969, "NFS"],
	[0xff534d42, "SMB"],
	[0xfe534d42, "SMB2"],
	[0x517b, "SMB"],
	[0x5346414f, "AFS"],
	[0x01021997, "9p"],
]);

/** Bytes that this user may still write on the volume of `path`. */
export async function freeBytes(path: string): Promise<number> {
	const facts = await statfs(path);
	return facts.bavail * facts.bsize;
}

/** Name of the network file system that `path` lies on, or null where it is a local one. */
export async function networkFileSystem(path: string): Promise<string | null> {
	const { type } = await statfs(path);
	return networkFileSystems.get(type >>> 0) ?? null;
}

/** @throws ERR_UNSUPPORTED where `path` lies on a network file system */
export async function requireLocalDisk(path: string): Promise<void> {
	const network = await networkFileSystem(path);
	if (network === null) return;
	throw new OnwaxError("ERR_UNSUPPORTED", `${path} is on a network file system (${network}).`, {
		hint: "Keep the library on a local disk: the locks of network file systems cannot be trusted.",
	});
}

export async function onSameDevice(one: string, other: string): Promise<boolean> {
	const [first, second] = await Promise.all([stat(one), stat(other)]);
	return first.dev === second.dev;
}

/**
 * Refuses a write that would leave less than `reserveBytes` free (D0.3): a clear refusal before
 * anything is begun, instead of a torn file in the middle.
 */
export async function requireFreeSpace(
	path: string,
	neededBytes: number,
	reserveBytes: number,
): Promise<void> {
	const free = await freeBytes(path);
	if (free < neededBytes + reserveBytes) throw tooLittleSpace(free, neededBytes, reserveBytes);
}

export type SpaceClaim = {
	/** So much of it is on the disk now. */
	written(bytes: number): void;
	/** The rest will not be written. Harmless twice. */
	release(): void;
};

/** What copies that are under way in this process have still to write, by device. */
const stillToWrite = new Map<number, number>();

/**
 * `requireFreeSpace` for one of several copies that run at once: what the others are still going to
 * write counts as taken, so that together they stay above the reserve, and a disk that is nearly
 * full takes as many files whole as fit, instead of a piece of each.
 */
export async function claimSpace(
	path: string,
	neededBytes: number,
	reserveBytes: number,
): Promise<SpaceClaim> {
	const { dev } = await stat(path);
	// Synchronous: between looking and claiming nobody else may do the same.
	const { bavail, bsize } = statfsSync(path);
	const taken = stillToWrite.get(dev) ?? 0;
	const free = bavail * bsize - taken;
	if (free < neededBytes + reserveBytes) throw tooLittleSpace(free, neededBytes, reserveBytes);
	stillToWrite.set(dev, taken + neededBytes);
	let openBytes = neededBytes;
	const giveBack = (bytes: number) => {
		openBytes -= bytes;
		const left = (stillToWrite.get(dev) ?? 0) - bytes;
		if (left > 0) stillToWrite.set(dev, left);
		else stillToWrite.delete(dev);
	};
	return {
		// A file that grew meanwhile writes more than it claimed.
		written: (bytes) => giveBack(Math.min(bytes, openBytes)),
		release: () => giveBack(openBytes),
	};
}

function tooLittleSpace(free: number, neededBytes: number, reserveBytes: number): OnwaxError {
	const needed = `${sizeText(neededBytes, "up")} are needed`;
	const reserve = `${sizeText(reserveBytes, "up")} are kept in reserve`;
	return new OnwaxError(
		"ERR_DISK_FULL",
		`Only ${sizeText(Math.max(0, free), "down")} are free; ${needed} and ${reserve}.`,
		{
			retryable: true,
			hint: "Free some space (`onwax cleanup --dry-run` shows what could go), or lower minFreeSpaceMb.",
		},
	);
}
