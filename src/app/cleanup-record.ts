import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Layout } from "../archive/layout.ts";
import { publishFile } from "../durable/publish-file.ts";
import { systemErrorCode, toOnwaxError } from "../errors.ts";

/** What the last cleanup did (D3.3). */
export type CleanupRecord = {
	at: string;
	scanned: number;
	/** Moved to the trash, or destroyed. */
	deleted: number;
	/** How many could not be. */
	failed: number;
	/** Why; the first ones. */
	errors: string[];
	bytesFreed: number;
};

const mostErrorsKept = 50;

export async function rememberCleanup(layout: Layout, record: CleanupRecord): Promise<void> {
	const errors = record.errors.slice(0, mostErrorsKept);
	await publishFile(pathIn(layout), `${JSON.stringify({ ...record, errors })}\n`);
}

/** Null where there was none, or where what tells of it is damaged: it is of no weight. */
export async function lastCleanup(layout: Layout): Promise<CleanupRecord | null> {
	let text: string;
	try {
		text = await readFile(pathIn(layout), "utf8");
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		throw toOnwaxError(error, "ERR_IO");
	}
	try {
		const value = JSON.parse(text) as Partial<CleanupRecord> | null;
		const numbers = [value?.scanned, value?.deleted, value?.failed, value?.bytesFreed];
		const isWhole = typeof value?.at === "string" && Array.isArray(value.errors);
		return isWhole && numbers.every(Number.isSafeInteger) ? (value as CleanupRecord) : null;
	} catch {
		return null;
	}
}

function pathIn(layout: Layout): string {
	return join(layout.backups, "last-cleanup.json");
}
