import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { systemErrorCode } from "../errors.ts";

const auditHead = z.object({ number: z.int(), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** The entry that was written last. */
export type AuditHead = z.infer<typeof auditHead>;

/**
 * Beside the log's folder and not in it: whoever loses, or puts back, the folder alone is told. It
 * finds accidents, not somebody who changes both.
 */
function headPath(folder: string): string {
	return `${folder}-head.json`;
}

export function headName(folder: string): string {
	return basename(headPath(folder));
}

/** Null where it is not known: nothing was written yet, or a power cut left nothing of it. */
export async function readHead(folder: string): Promise<AuditHead | null> {
	try {
		return auditHead.safeParse(JSON.parse(await readFile(headPath(folder), "utf8"))).data ?? null;
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}

/**
 * To be called when the entry is synced. Not synced itself: after a power cut it may name an earlier
 * entry, never one that is not there. Always as long, written in place: a crash leaves the old or the
 * new one.
 */
export async function writeHead(folder: string, { number, hash }: AuditHead): Promise<void> {
	const file = await open(headPath(folder), constants.O_WRONLY | constants.O_CREAT, 0o600);
	try {
		const text = `{ "number": ${String(number).padStart(16)}, "hash": "${hash}" }\n`;
		await file.write(Buffer.from(text), 0, text.length, 0);
	} finally {
		await file.close();
	}
}
