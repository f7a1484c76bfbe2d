import { createHash } from "node:crypto";
import { type AuditEntry, auditEntry } from "./audit-entry.ts";

export const firstPrevious = "0".repeat(64);

/** The line's bytes up to its hash are what is hashed, so that a check needs no JSON. */
export function lineOf(entry: Omit<AuditEntry, "hash">): { line: string; hash: string } {
	const text = JSON.stringify(entry);
	const hash = sha256(text);
	return { line: `${text.slice(0, -1)},"hash":"${hash}"}\n`, hash };
}

/** @returns null where the line (without its end) is not one of ours, or was changed */
export function entryOf(line: string): AuditEntry | null {
	const hash = /,"hash":"([0-9a-f]{64})"\}$/.exec(line)?.[1];
	if (hash === undefined) return null;
	const text = `${line.slice(0, line.length - `,"hash":"${hash}"}`.length)}}`;
	if (sha256(text) !== hash) return null;
	try {
		const { data } = auditEntry.safeParse(JSON.parse(line));
		return data ?? null;
	} catch {
		return null;
	}
}

export function sha256(data: string | Uint8Array): string {
	return createHash("sha256").update(data).digest("hex");
}
