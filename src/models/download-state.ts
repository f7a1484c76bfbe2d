import { open, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { publishFile } from "../durable/publish-file.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { systemErrorCode } from "../errors.ts";
import type { Workplace } from "./workplace.ts";

/** What is known of a download in progress. */
export type DownloadState = {
	address: string;
	/** A strong one; without it nobody can say that the rest belongs to the same file. */
	etag: string | null;
	/** Of the whole file, as the server said when it was begun. */
	lengthBytes: number | null;
	/**
	 * So many bytes of the part are on the disk. Beyond that there may be more, but after a power cut
	 * it can be anything, so it is asked for again.
	 */
	keptBytes: number;
};

const schema = z.object({
	address: z.string(),
	etag: z.string().nullable(),
	lengthBytes: z.number().int().nonnegative().nullable(),
	keptBytes: z.number().int().nonnegative(),
});

type Places = Pick<Workplace, "part" | "state">;

/** The download that was begun, or null where there is none that can be gone on with. */
export async function readDownloadState(places: Places): Promise<DownloadState | null> {
	try {
		const state = schema.parse(JSON.parse(await readFile(places.state, "utf8")));
		const { size } = await stat(places.part);
		return size >= state.keptBytes && state.keptBytes > 0 ? state : null;
	} catch (error) {
		// Whatever is wrong with it, it is only a note on how to save time.
		const code = systemErrorCode(error);
		if (code === null || code === "ENOENT") return null;
		throw error;
	}
}

/** Syncs the part's bytes, then writes down that they are there: in that order. */
export async function writeDownloadState(places: Places, state: DownloadState): Promise<void> {
	if (state.keptBytes > 0) {
		const handle = await open(places.part, "r+");
		try {
			await handle.sync();
		} finally {
			await handle.close();
		}
	}
	await publishFile(places.state, `${JSON.stringify(state)}\n`);
}

/** Removes what has come so far. Harmless where there is nothing. */
export async function dropDownload(places: Places): Promise<void> {
	await rm(places.state, { force: true });
	await rm(places.part, { force: true });
	await syncFolder(dirname(places.part));
}
