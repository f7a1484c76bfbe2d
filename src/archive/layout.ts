import { join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { OnwaxError } from "../errors.ts";
import { type Shelf, shelves } from "../recording.ts";
import { isName } from "./name.ts";

/** Where everything lies on disk (docs/FORMAT.md). All paths of the library are made here. */
export type Layout = {
	data: string;
	recordings: string;
	incoming: string;
	catalogue: string;
	/** Exists where damage was met in the middle of the catalogue (library/damaged-catalogue.ts). */
	catalogueMark: string;
	bulkLock: string;
	backups: string;
	logs: string;
	models: string;
	lexicons: string;
	/** What an engine answered so far for recordings that have no text yet (archive/window-log.ts). */
	unfinished: string;
	/** What was begun to be uploaded, and the receipts (uploads/). */
	uploads: string;
	/** Password, tokens and sessions of the service (access/). */
	access: string;
	/** Who did what (audit/). */
	audit: string;
	/** What others are still to be told, and what could not be told (webhooks/). */
	webhooks: string;
};

export function layoutOf(dataDir: string): Layout {
	return {
		data: dataDir,
		recordings: join(dataDir, "recordings"),
		incoming: join(dataDir, "recordings", "incoming"),
		catalogue: join(dataDir, "library.db"),
		catalogueMark: join(dataDir, "library.db.damaged"),
		bulkLock: join(dataDir, "lock.db"),
		backups: join(dataDir, "backups"),
		logs: join(dataDir, "logs"),
		models: join(dataDir, "models"),
		lexicons: join(dataDir, "lexicons"),
		unfinished: join(dataDir, "unfinished"),
		uploads: join(dataDir, "uploads"),
		access: join(dataDir, "access"),
		audit: join(dataDir, "audit"),
		webhooks: join(dataDir, "webhooks"),
	};
}

export function shelfFolder(layout: Layout, shelf: Shelf): string {
	return join(layout.recordings, shelf);
}

/**
 * The folder of a recording. Names that come from outside end here: whatever is not exactly a
 * recording's name cannot become a path (D3.2).
 */
export function recordingFolder(layout: Layout, shelf: Shelf, name: string): string {
	if (!isName(name)) {
		throw new OnwaxError("ERR_NAME", `${JSON.stringify(name)} is not the name of a recording.`);
	}
	return join(layout.recordings, shelf, name);
}

/** Where the unfinished transcription of a recording keeps what it has so far. */
export function unfinishedFolder(layout: Layout, name: string): string {
	if (!isName(name)) {
		throw new OnwaxError("ERR_NAME", `${JSON.stringify(name)} is not the name of a recording.`);
	}
	return join(layout.unfinished, name);
}

/** 128 bits that nobody can guess. */
const uploadIdPattern = /^[0-9a-f]{32}$/;

export function isUploadId(text: string): boolean {
	return uploadIdPattern.test(text);
}

/** Where an upload keeps what has come so far. */
export function uploadFolder(layout: Layout, id: string): string {
	return join(layout.uploads, requireUploadId(id));
}

export function receiptsFolder(layout: Layout): string {
	return join(layout.uploads, "receipts");
}

export function receiptFile(layout: Layout, id: string): string {
	return join(receiptsFolder(layout), `${requireUploadId(id)}.json`);
}

function requireUploadId(id: string): string {
	if (isUploadId(id)) return id;
	throw new OnwaxError("ERR_NAME", `${JSON.stringify(id.slice(0, 100))} is not an upload's id.`);
}

/** Creates the folders that a library consists of. Harmless where they exist. */
export async function makeLayout(layout: Layout): Promise<void> {
	for (const shelf of shelves) await makeFolder(shelfFolder(layout, shelf));
	for (const folder of [layout.incoming, layout.backups, layout.logs, layout.lexicons]) {
		await makeFolder(folder);
	}
}
