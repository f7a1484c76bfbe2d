import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../durable/exists.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { acquireLock } from "../durable/process-lock.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { Layout } from "./layout.ts";
import { isName } from "./name.ts";

/**
 * A Writer is a process that may change the library. It announces itself with a folder
 * `incoming/writer-<id>/` in which it prepares what it will publish, and holds the lock in it for
 * life. A folder whose lock is free belongs to a writer that died: that, and nothing else, is how a
 * crash is noticed (a process id can be reused, a file's time proves nothing).
 */
export type Writer = {
	readonly id: string;
	/** Where it prepares recordings, one folder each. */
	readonly folder: string;
	/**
	 * Takes the announcement back. `unfinished: true` leaves it behind on purpose, so that the next
	 * start looks for what could not be completed.
	 */
	close(options?: { unfinished?: boolean }): Promise<void>;
};

const writerPattern = /^writer-[0-9a-f]{16}$/;
const lockFilename = "lock.db";

/** Announces this process. The announcement is on disk before this returns. */
export async function openWriter(layout: Layout): Promise<Writer> {
	const id = `writer-${randomBytes(8).toString("hex")}`;
	const folder = join(layout.incoming, id);
	await makeFolder(folder);
	const lock = await lockOf(folder);
	// A healer may have seen the folder before it was locked and taken it away (then the lock is on
	// a file that no longer has a name): announce again.
	if (lock === null || !(await exists(join(folder, lockFilename)))) {
		lock?.release();
		return openWriter(layout);
	}
	return {
		id,
		folder,
		async close({ unfinished = false } = {}) {
			// Whatever went wrong, what may be audio that exists nowhere else is for the next start to judge.
			if (unfinished || (await holdsRecordings(folder))) return lock.release();
			try {
				await removeAnnouncement(folder);
			} finally {
				lock.release();
			}
			await syncFolder(layout.incoming);
		},
	};
}

/** The ids of all writers that announced themselves, alive or dead. */
export async function listWriters(layout: Layout): Promise<string[]> {
	try {
		const entries = await readdir(layout.incoming, { withFileTypes: true });
		return entries
			.filter((entry) => entry.isDirectory() && writerPattern.test(entry.name))
			.map((entry) => entry.name);
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return [];
		throw error;
	}
}

export function writerFolder(layout: Layout, id: string): string {
	if (!writerPattern.test(id)) throw new OnwaxError("ERR_NAME", `${id} is not a writer's name.`);
	return join(layout.incoming, id);
}

/**
 * Takes over what a dead writer left: holds its lock while `heal` runs, so that two healers do not
 * work on the same folder, then removes the folder.
 *
 * @returns false where that writer is alive, or gone already
 */
export async function inheritWriter(
	layout: Layout,
	id: string,
	heal: (folder: string) => Promise<void>,
): Promise<boolean> {
	const folder = writerFolder(layout, id);
	const lock = await lockOf(folder);
	if (lock === null) return false;
	try {
		await heal(folder);
		// Whatever healing did not take out of it is not for this to remove.
		if (await holdsRecordings(folder)) return true;
		await removeAnnouncement(folder);
	} finally {
		lock.release();
	}
	await syncFolder(layout.incoming);
	return true;
}

export async function isWriterAlive(layout: Layout, id: string): Promise<boolean> {
	const folder = writerFolder(layout, id);
	if (!(await exists(folder))) return false;
	const lock = await lockOf(folder);
	lock?.release();
	return lock === null;
}

/** Whether some process ended without taking its announcement back: then there is work for healing. */
export async function hasDeadWriter(layout: Layout): Promise<boolean> {
	for (const id of await listWriters(layout)) {
		if (!(await isWriterAlive(layout, id))) return true;
	}
	return false;
}

/** Another process that looks whether this one lives makes a lock file in it at the worst moment: then again. */
async function removeAnnouncement(folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function holdsRecordings(folder: string): Promise<boolean> {
	const entries = await readdir(folder).catch((): string[] => []);
	return entries.some(isName);
}

async function lockOf(folder: string) {
	try {
		return await acquireLock(join(folder, lockFilename));
	} catch (error) {
		// SQLITE_CANTOPEN: another healer removed the folder a moment ago.
		if (error instanceof Error && "errcode" in error && error.errcode === 14) return null;
		throw error;
	}
}
