import { OnwaxError } from "../errors.ts";
import type { AuditAction, AuditEntry } from "./audit-entry.ts";
import { auditFiles, linesBackwards, openAuditFile } from "./audit-files.ts";
import { entryOf } from "./audit-line.ts";

export type AuditQuestion = {
	/** From an earlier answer's `next`; null begins with the newest. */
	before: string | null;
	limit: number;
	/** Only what happened at this time or later. */
	since: Date | null;
	/** Null: all. */
	actions: readonly AuditAction[] | null;
};

/** `next` asks for what came before; null: there is nothing more. */
export type AuditAnswer = { entries: AuditEntry[]; next: string | null };

/** So many lines are looked at for one answer, however few of them are wanted. */
const mostLines = 20_000;

/**
 * Entries, the newest first. What is no entry is left out here, and told by `checkAudit`.
 *
 * @throws ERR_USAGE where `before` is none of ours
 */
export async function readAudit(folder: string, question: AuditQuestion): Promise<AuditAnswer> {
	const { before, limit, since, actions } = question;
	const from = before === null ? null : parseCursor(before);
	const entries: AuditEntry[] = [];
	let looked = 0;
	for (const name of (await auditFiles(folder)).reverse()) {
		if (from !== null && name > from.name) continue;
		const file = await openAuditFile(folder, name);
		try {
			const { size } = await file.stat();
			const endByte = from !== null && name === from.name ? Math.min(from.endByte, size) : size;
			for await (const line of linesBackwards(file, endByte)) {
				looked += 1;
				const entry = line.ended ? entryOf(line.bytes.toString("utf8")) : null;
				if (entry !== null) {
					if (since !== null && entry.at < since.toISOString()) return { entries, next: null };
					if (actions === null || actions.includes(entry.action)) entries.push(entry);
				}
				if (entries.length >= limit || looked >= mostLines) {
					return { entries, next: `${name.slice(0, 7)}.${line.startByte}` };
				}
			}
		} finally {
			await file.close();
		}
	}
	return { entries, next: null };
}

function parseCursor(cursor: string): { name: string; endByte: number } {
	const match = /^(\d{4}-\d{2})\.(\d{1,15})$/.exec(cursor);
	if (match === null) {
		throw new OnwaxError("ERR_USAGE", "`before` is not what an earlier answer gave as `next`.");
	}
	return { name: `${match[1]}.jsonl`, endByte: Number(match[2]) };
}
