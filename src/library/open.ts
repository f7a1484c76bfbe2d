import { type Layout, layoutOf, makeLayout } from "../archive/layout.ts";
import { readShelf } from "../archive/shelves.ts";
import { openWriter, type Writer } from "../archive/writer.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { openSqliteCatalogue } from "../catalogue/sqlite.ts";
import { exists } from "../durable/exists.ts";
import { requireLocalDisk } from "../durable/volume.ts";
import { OnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { shelves } from "../recording.ts";
import { moveCatalogueAside } from "./damaged-catalogue.ts";
import type { Library } from "./library.ts";

export type OpenOptions = {
	dataDir: string;
	appVersion: string;
	reserveBytes: number;
	slowQueryMs: number;
	log: Logger;
	/** This process is a writer already, and this is its announcement; closed with the library. */
	writer?: Writer | undefined;
	/** Read the whole catalogue for damage first (seconds for a large one): what repairs asks for that. */
	checkCatalogue?: boolean;
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
	await requireLocalDisk(layout.data);
	const { catalogue, needsReindex } = await openOrReplaceCatalogue(layout, options);
	let writer: Promise<Writer> | null = options.writer ? Promise.resolve(options.writer) : null;
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
		if (await exists(layout.catalogueMark)) throw damagedCatalogue();
		const catalogue = await open();
		if (options.checkCatalogue) {
			await catalogue.check().catch(async (error: unknown) => {
				await catalogue.close();
				throw error;
			});
		}
		return { catalogue, needsReindex: false };
	} catch (error) {
		if (!(error instanceof OnwaxError) || error.code !== "ERR_CATALOGUE") throw error;
		options.onRebuild?.("The catalogue is damaged");
		await moveCatalogueAside(layout);
		return { catalogue: await open(), needsReindex: true };
	}
}

function damagedCatalogue(): OnwaxError {
	return new OnwaxError("ERR_CATALOGUE", "The catalogue is damaged.");
}

async function hasRecordings(layout: Layout): Promise<boolean> {
	for (const shelf of shelves) {
		if ((await readShelf(layout, shelf)).names.length > 0) return true;
	}
	return false;
}
