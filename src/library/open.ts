import { rename } from "node:fs/promises";
import { join } from "node:path";
import { type Layout, layoutOf, makeLayout } from "../archive/layout.ts";
import { readShelf } from "../archive/shelves.ts";
import { openWriter, type Writer } from "../archive/writer.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { openSqliteCatalogue } from "../catalogue/sqlite.ts";
import { exists } from "../durable/exists.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { networkFileSystem } from "../durable/volume.ts";
import { OnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { shelves } from "../recording.ts";
import type { Library } from "./library.ts";

export type OpenOptions = {
	dataDir: string;
	appVersion: string;
	reserveBytes: number;
	slowQueryMs: number;
	log: Logger;
	/** Called when the catalogue was missing or unreadable and has to be built from the folders. */
	onRebuild?: (why: string) => void;
};

/**
 * Opens the library, creating what is missing of it. A catalogue that is missing or unreadable is
 * no loss: `needsReindex` then tells the caller to build it anew from the folders.
 *
 * @throws ERR_UNSUPPORTED on a network file system, whose locks cannot be trusted; ERR_READ_ONLY,
 *   ERR_PERMISSION, ERR_DISK_FULL where the folder cannot be written
 */
export async function openLibrary(
	options: OpenOptions,
): Promise<{ library: Library; needsReindex: boolean }> {
	const layout = layoutOf(options.dataDir);
	await makeLayout(layout);
	const network = await networkFileSystem(layout.data);
	if (network !== null) {
		throw new OnwaxError(
			"ERR_UNSUPPORTED",
			`${layout.data} is on a network file system (${network}).`,
			{
				hint: "Keep the library on a local disk: the locks of network file systems cannot be trusted.",
			},
		);
	}
	const { catalogue, needsReindex } = await openOrReplaceCatalogue(layout, options);
	let writer: Promise<Writer> | null = null;
	let unfinished = false;
	const library: Library = {
		layout,
		catalogue,
		log: options.log,
		appVersion: options.appVersion,
		reserveBytes: options.reserveBytes,
		writer: () => {
			writer ??= openWriter(layout);
			return writer;
		},
		leaveForHealing: () => {
			unfinished = true;
		},
		async close() {
			await catalogue.close();
			await (await writer)?.close({ unfinished });
		},
	};
	return { library, needsReindex };
}

async function openOrReplaceCatalogue(
	layout: Layout,
	options: OpenOptions,
): Promise<{ catalogue: Catalogue; needsReindex: boolean }> {
	const open = () =>
		openSqliteCatalogue({
			path: layout.catalogue,
			backupsDir: layout.backups,
			log: options.log,
			slowQueryMs: options.slowQueryMs,
		});
	if (!(await exists(layout.catalogue))) {
		const needsReindex = await hasRecordings(layout);
		if (needsReindex) options.onRebuild?.("The catalogue is missing");
		return { catalogue: await open(), needsReindex };
	}
	try {
		return { catalogue: await open(), needsReindex: false };
	} catch (error) {
		if (!(error instanceof OnwaxError) || error.code !== "ERR_CATALOGUE") throw error;
		options.onRebuild?.("The catalogue is damaged");
		await moveAside(layout);
		return { catalogue: await open(), needsReindex: true };
	}
}

/** A damaged catalogue is kept: it may hold what somebody wants to look at. */
async function moveAside(layout: Layout): Promise<void> {
	const stamp = new Date().toISOString().replaceAll(":", "-");
	for (const suffix of ["-wal", "-shm", ""]) {
		const from = `${layout.catalogue}${suffix}`;
		if (!(await exists(from))) continue;
		await rename(from, join(layout.backups, `damaged-${stamp}-library.db${suffix}`));
	}
	await syncFolder(layout.backups);
	await syncFolder(layout.data);
}

async function hasRecordings(layout: Layout): Promise<boolean> {
	for (const shelf of shelves) {
		if ((await readShelf(layout, shelf)).names.length > 0) return true;
	}
	return false;
}
