import type { AuditEntry } from "./audit-entry.ts";
import { auditFiles, linesBackwards, openAuditFile } from "./audit-files.ts";
import { entryOf } from "./audit-line.ts";

export type Tail = {
	/** The last entry that is one; null: there is none yet. */
	last: AuditEntry | null;
	/** What lies after it; `isTorn`: the beginning of a line, which is what a crash leaves. */
	bad: { bytes: Buffer; isTorn: boolean } | null;
	/** The newest file ends with the end of a line, or is empty. */
	ended: boolean;
};

/** Where the next entry goes on. Called under the log's lock. */
export async function findTail(folder: string): Promise<Tail> {
	const after: Buffer[] = [];
	let ended: boolean | null = null;
	const tail = (last: AuditEntry | null): Tail => {
		const isTorn = after.length === 1 && ended === false;
		const bad = after.length === 0 ? null : { bytes: joinLines(after), isTorn };
		return { last, bad, ended: ended ?? true };
	};
	for (const name of (await auditFiles(folder)).reverse()) {
		const file = await openAuditFile(folder, name);
		try {
			const { size } = await file.stat();
			for await (const line of linesBackwards(file, size)) {
				ended ??= line.ended;
				const entry = line.ended ? entryOf(line.bytes.toString("utf8")) : null;
				if (entry !== null) return tail(entry);
				after.unshift(line.bytes);
			}
		} finally {
			await file.close();
		}
	}
	return tail(null);
}

/** What is hashed of lines that are no entries. */
export function joinLines(lines: readonly Buffer[]): Buffer {
	return Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [newline, line])));
}

const newline = Buffer.from("\n");
