import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Layout, receiptFile, receiptsFolder } from "../archive/layout.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { systemErrorCode } from "../errors.ts";
import type { Sha256 } from "../recording.ts";
import type { UploadFile } from "./upload-file.ts";

/** What became of an upload, kept for a sender that did not get the answer. */
export type StoredReceipt = {
	format: 1;
	owner: string;
	/** The recording's. */
	id: string;
	name: string;
	sha256: Sha256;
	sizeBytes: number;
	/** It was here already. */
	known: boolean;
	inTrash: boolean;
	receivedAt: string;
	durationSeconds: number | null;
	metadataHeader: string | null;
	/** The upload, where no more of it came and the recording was cut short; null where it is whole. */
	cut: UploadFile | null;
};

/** Survives a power cut when this returns. */
export async function writeReceipt(
	layout: Layout,
	uploadId: string,
	receipt: StoredReceipt,
): Promise<void> {
	const path = receiptFile(layout, uploadId);
	await makeFolder(receiptsFolder(layout));
	await publishFile(path, `${JSON.stringify(receipt, null, 2)}\n`);
}

/** Null where there is none, or where it cannot be made sense of. */
export function readReceipt(layout: Layout, uploadId: string): Promise<StoredReceipt | null> {
	return readReceiptAt(receiptFile(layout, uploadId));
}

async function readReceiptAt(path: string): Promise<StoredReceipt | null> {
	try {
		const value = JSON.parse(await readFile(path, "utf8")) as StoredReceipt;
		if (value?.format !== 1 || typeof value.name !== "string") return null;
		return { ...value, cut: value.cut ?? null };
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}

export async function removeReceipt(layout: Layout, uploadId: string): Promise<void> {
	await rm(receiptFile(layout, uploadId), { force: true });
}

/**
 * Removes receipts that nobody asks for any more; the recordings are not touched. What was cut short may
 * be gone on with however late its sender comes.
 */
export async function removeOldReceipts(layout: Layout, olderThan: Date): Promise<void> {
	const folder = receiptsFolder(layout);
	let names: string[];
	try {
		names = await readdir(folder);
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return;
		throw error;
	}
	for (const name of names) {
		const path = join(folder, name);
		const facts = await stat(path).catch(() => null);
		if (facts === null || facts.mtime >= olderThan) continue;
		if ((await readReceiptAt(path))?.cut == null) await rm(path, { force: true });
	}
}
