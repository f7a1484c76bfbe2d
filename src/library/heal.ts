import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { shelfFolder } from "../archive/layout.ts";
import { isName } from "../archive/name.ts";
import { findOnShelves, readShelf } from "../archive/shelves.ts";
import { inheritWriter, isWriterAlive, listWriters } from "../archive/writer.ts";
import { partFolderPrefix } from "../durable/publish-folder.ts";
import { purgedPrefix } from "../durable/remove-folder.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { toOnwaxError } from "../errors.ts";
import { shelves } from "../recording.ts";
import { holding } from "./change.ts";
import { type Healed, healRecording } from "./heal-recording.ts";
import type { Library } from "./library.ts";
import { type InspectAudio, recoverStaged } from "./recover-staged.ts";

export type HealReport = {
	/** Writers that had died. */
	deadWriters: number;
	/** Recordings whose publishing was completed. */
	recovered: string[];
	healed: Healed[];
	/** What could not be put in order, and why: nothing of it was touched. */
	problems: { name: string; message: string; hint: string | null }[];
	/** Entries on the shelves that are not the library's. */
	strangers: string[];
};

/**
 * Heals whatever crashes left between two steps (`onwax recover`, and every start that finds a dead
 * writer). Living writers are not disturbed: what they prepare lies behind their lock, and what they
 * change is claimed.
 */
export async function heal(library: Library, inspect: InspectAudio): Promise<HealReport> {
	const report: HealReport = {
		deadWriters: 0,
		recovered: [],
		healed: [],
		problems: [],
		strangers: [],
	};
	const own = await library.writer();
	try {
		await healAll(library, inspect, own.id, report);
	} catch (error) {
		library.leaveForHealing();
		throw error;
	}
	return report;
}

async function healAll(
	library: Library,
	inspect: InspectAudio,
	ownId: string,
	report: HealReport,
): Promise<void> {
	const problem = (name: string, error: unknown) => {
		const { code, message, hint } = toOnwaxError(error);
		report.problems.push({ name, message, hint });
		// The dead writers' announcements are gone when this ends: now this one's stands for what
		// could not be done. What needs a person is told once, not at every start.
		if (code !== "ERR_DAMAGED" && code !== "ERR_CONFLICT") library.leaveForHealing();
	};
	const suspects = new Set<string>();
	for (const id of await listWriters(library.layout)) {
		if (id === ownId) continue;
		try {
			const inherited = await inheritWriter(library.layout, id, async (folder) => {
				for (const name of await recoverStaged(library, folder, inspect)) {
					report.recovered.push(name);
					suspects.add(name);
				}
			});
			if (inherited) report.deadWriters += 1;
		} catch (error) {
			// No space for it now, for instance: its folder stays, and the rest goes on.
			problem(id, error);
		}
	}
	for (const change of await library.catalogue.openChanges()) {
		if (change.writer === ownId) continue;
		if (!(await isWriterAlive(library.layout, change.writer))) suspects.add(change.name);
	}
	for (const name of await compareShelves(library, report)) suspects.add(name);
	for (const name of suspects) {
		try {
			const healed = await holding(library, name, async () => {
				const done = await healRecording(library, name);
				await library.catalogue.releaseChange(name, ownId);
				return done;
			});
			report.healed.push(...healed);
		} catch (error) {
			problem(name, error);
		}
	}
}

/**
 * Names whose place on the shelves is not what the catalogue says. Both lists come in the order of
 * names, so that memory holds one list of names and no more.
 */
async function compareShelves(library: Library, report: HealReport): Promise<string[]> {
	const onDisk = new Map<string, string>();
	const suspects: string[] = [];
	for (const shelf of shelves) {
		const { names, strangers } = await readShelf(library.layout, shelf);
		for (const name of names) {
			if (onDisk.has(name)) suspects.push(name);
			onDisk.set(name, shelf);
		}
		for (const path of strangers) {
			if (await removeRubbishFolder(library, path)) continue;
			report.strangers.push(path);
		}
		await syncFolder(shelfFolder(library.layout, shelf));
	}
	for await (const { name, shelf } of library.catalogue.shelves()) {
		if (onDisk.get(name) !== shelf) suspects.push(name);
		onDisk.delete(name);
	}
	suspects.push(...onDisk.keys());
	return suspects;
}

/**
 * Finishes a purge, and drops a copy between devices that was not completed. Neither counts as a
 * recording any more or yet; a living process may be at work on one, which its claim tells.
 */
async function removeRubbishFolder(library: Library, path: string): Promise<boolean> {
	const entry = basename(path);
	const prefix = [purgedPrefix, partFolderPrefix].find((one) => entry.startsWith(one));
	if (!prefix || !isName(entry.slice(prefix.length))) return false;
	const name = entry.slice(prefix.length);
	for (const change of await library.catalogue.openChanges()) {
		if (change.name === name && (await isWriterAlive(library.layout, change.writer))) return true;
	}
	if (prefix === partFolderPrefix && (await isOnlyStaged(library, name))) return false;
	await rm(path, { recursive: true, force: true });
	return true;
}

/**
 * Whether the folder that a half copy is made from lies with a writer and nowhere else: that writer
 * is at work on it. Otherwise the source is whole on a shelf, or was dropped, never acknowledged.
 */
async function isOnlyStaged(library: Library, name: string): Promise<boolean> {
	if ((await findOnShelves(library.layout, name)).length > 0) return false;
	for (const writer of await listWriters(library.layout)) {
		const staged = await readdir(join(library.layout.incoming, writer)).catch((): string[] => []);
		if (staged.includes(name)) return true;
	}
	return false;
}
