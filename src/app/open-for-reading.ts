import { type Layout, layoutOf } from "../archive/layout.ts";
import { hasDeadWriter } from "../archive/writer.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { openSqliteCatalogue } from "../catalogue/sqlite.ts";
import { exists } from "../durable/exists.ts";
import { type ErrorCode, OnwaxError, toOnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { AppOptions } from "./open-app.ts";

/** What is needed to list, show and search: the catalogue, and where things lie. */
export type Reading = {
	readonly layout: Layout;
	readonly catalogue: Catalogue;
	readonly log: Logger;
	close(): Promise<void>;
};

/**
 * Opens the library to read in it, without loading what only writing needs. Where something is out
 * of order (a writer that died, a catalogue that is missing or damaged) the whole program is opened
 * instead, which heals first.
 *
 * @returns null where there is no library yet; none is created
 */
async function openForReading(options: AppOptions): Promise<Reading | null> {
	const { config, log } = options;
	const layout = layoutOf(config.dataDir);
	if (!(await exists(layout.catalogue))) {
		return (await exists(layout.recordings)) ? openAndHeal(options) : null;
	}
	if (await exists(layout.catalogueMark)) return openAndHeal(options);
	let catalogue: Catalogue;
	const open = (readOnly = false) =>
		openSqliteCatalogue({
			path: layout.catalogue,
			backupsDir: layout.backups,
			slowQueryMs: config.slowQueryMs,
			...{ log, readOnly },
		});
	try {
		catalogue = await open();
	} catch (error) {
		const { code } = toOnwaxError(error);
		if (code === "ERR_CATALOGUE") return openAndHeal(options);
		if (!cannotWriteNow.includes(code)) throw error;
		// What an older version left may have to wait for its migration, and reading need not.
		catalogue = await open(true).catch(() => {
			throw error;
		});
	}
	// Where nothing can be written nothing can be healed, and reading is all there is.
	if (catalogue.writable && (await hasDeadWriter(layout))) {
		await catalogue.close();
		try {
			return await openAndHeal(options);
		} catch (error) {
			const { code, message, hint } = toOnwaxError(error);
			if (!cannotWriteNow.includes(code)) throw error;
			options.notices.onHealed({
				...{ deadWriters: 0, recovered: [], healed: [], strangers: [] },
				problems: [
					{ name: "library", message: `It has to be healed, and cannot: ${message}`, hint },
				],
			});
			catalogue = await open();
		}
	}
	return { layout, catalogue, log, close: () => catalogue.close() };
}

/** Reasons for which healing has to wait, and reading need not. */
const cannotWriteNow: ErrorCode[] = ["ERR_DISK_FULL", "ERR_READ_ONLY", "ERR_PERMISSION", "ERR_IO"];

async function openAndHeal(options: AppOptions): Promise<Reading> {
	const { openApp } = await import("./open-app.ts");
	const app = await openApp(options);
	const { layout, catalogue } = app.library;
	return { layout, catalogue, log: app.log, close: () => app.close() };
}

/**
 * Opens the library to read in it, for as long as `work` takes. Damage that shows only in the middle
 * of it has the catalogue built anew, and the work done once more: reading may be repeated.
 */
export async function whileReading<T>(
	options: AppOptions,
	work: (reading: Reading | null) => Promise<T>,
): Promise<T> {
	const run = async () => {
		const reading = await openForReading(options);
		try {
			return await work(reading);
		} finally {
			await reading?.close();
		}
	};
	try {
		return await run();
	} catch (error) {
		if (!(error instanceof OnwaxError) || error.code !== "ERR_CATALOGUE") throw error;
		const { markCatalogueDamaged } = await import("../library/damaged-catalogue.ts");
		await markCatalogueDamaged(layoutOf(options.config.dataDir));
		return run();
	}
}
