import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../errors.ts";
import { type Shelf, shelves } from "../recording.ts";
import { type Layout, recordingFolder, shelfFolder } from "./layout.ts";
import { isName } from "./name.ts";

/** What lies on one shelf: recordings by name, and everything that has no business there. */
export async function readShelf(
	layout: Layout,
	shelf: Shelf,
): Promise<{ names: string[]; strangers: string[] }> {
	const names: string[] = [];
	const strangers: string[] = [];
	try {
		for (const entry of await readdir(shelfFolder(layout, shelf), { withFileTypes: true })) {
			if (entry.isDirectory() && isName(entry.name)) names.push(entry.name);
			else strangers.push(join(shelfFolder(layout, shelf), entry.name));
		}
	} catch (error) {
		if (systemErrorCode(error) !== "ENOENT") throw error;
	}
	return { names: names.sort(), strangers };
}

/** The shelves on which a recording has a folder: one, unless a move was cut short. */
export async function findOnShelves(layout: Layout, name: string): Promise<Shelf[]> {
	const found = await Promise.all(
		shelves.map(async (shelf) => {
			try {
				const facts = await lstat(recordingFolder(layout, shelf, name));
				return facts.isDirectory();
			} catch (error) {
				if (systemErrorCode(error) === "ENOENT") return false;
				throw error;
			}
		}),
	);
	return shelves.filter((_, index) => found[index]);
}
