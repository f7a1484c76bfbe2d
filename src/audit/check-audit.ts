import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { AuditEntry } from "./audit-entry.ts";
import { auditFiles } from "./audit-files.ts";
import { headName, readHead } from "./audit-head.ts";
import { entryOf, firstPrevious, sha256 } from "./audit-line.ts";
import { joinLines } from "./audit-tail.ts";

export type AuditFinding = {
	file: string;
	/** From 1. */
	line: number;
	/**
	 * `torn`: what a crash left of a line, which nobody had been told of. `damage`: something was
	 * changed, added or taken away.
	 */
	kind: "torn" | "damage";
	message: string;
};

export type AuditCheck = {
	entries: number;
	/** Its hash stands for everything before it: note it elsewhere, and nobody can change the log unseen. */
	last: { number: number; hash: string; at: string } | null;
	findings: AuditFinding[];
};

/** Reads the whole audit log and follows its chain of hashes. */
export async function checkAudit(folder: string): Promise<AuditCheck> {
	const findings: AuditFinding[] = [];
	// Before the log: what is written meanwhile comes after it.
	const head = await readHead(folder);
	let entries = 0;
	let last: AuditEntry | null = null;
	let isHeadThere = head === null;
	/** Lines since `last` that are no entries. */
	let pending: { file: string; line: number; bytes: Buffer; ended: boolean }[] = [];

	const take = (entry: AuditEntry, file: string, line: number) => {
		const [first] = pending;
		if (first !== undefined) {
			const bytes = joinLines(pending.map((one) => one.bytes));
			const isNamed = entry.detail.sha256 === sha256(bytes);
			const isTorn = entry.action === "torn-line" && pending.length === 1 && isNamed;
			const { file: where, line: which } = first;
			findings.push({
				...{ file: where, line: which },
				kind: isTorn ? "torn" : "damage",
				message: isTorn
					? `a crash left ${bytes.length} bytes of a line; noted at ${entry.at}`
					: `${bytes.length} bytes that are no entry`,
			});
			pending = [];
		}
		const previous = last?.hash ?? firstPrevious;
		const number = (last?.number ?? 0) + 1;
		if (entry.previous !== previous || entry.number !== number) {
			const message = `entry ${entry.number} does not follow what stands before it`;
			findings.push({ file, line, kind: "damage", message });
		}
		if (entry.action === "entries-cut-off") {
			const message = `${entry.detail.entries} entries before this one are gone; noted at ${entry.at}`;
			findings.push({ file, line, kind: "damage", message });
		}
		if (entry.number === head?.number) isHeadThere ||= entry.hash === head.hash;
		entries += 1;
		last = entry;
	};

	for (const file of await auditFiles(folder)) {
		let line = 0;
		for await (const { bytes, ended } of linesForwards(join(folder, file))) {
			line += 1;
			const entry = ended ? entryOf(bytes.toString("utf8")) : null;
			if (entry === null) pending.push({ file, line, bytes, ended });
			else take(entry, file, line);
		}
	}
	const [first] = pending;
	if (first !== undefined) {
		const isTorn = pending.length === 1 && !first.ended;
		findings.push({
			...{ file: first.file, line: first.line },
			kind: isTorn ? "torn" : "damage",
			message: isTorn
				? "the last line is not complete: being written, or left by a crash"
				: "the log ends with what is no entry",
		});
	}
	if (!isHeadThere) {
		const message = `entry ${head?.number} had been written, and is gone: the end was cut off, or put back to an earlier time`;
		findings.push({ file: headName(folder), line: 1, kind: "damage", message });
	}
	return { entries, last: headOf(last), findings };
}

function headOf(entry: AuditEntry | null): AuditCheck["last"] {
	return entry && { number: entry.number, hash: entry.hash, at: entry.at };
}

async function* linesForwards(path: string): AsyncGenerator<{ bytes: Buffer; ended: boolean }> {
	let rest: Buffer = Buffer.alloc(0);
	for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
		rest = Buffer.concat([rest, chunk]);
		for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
			yield { bytes: rest.subarray(0, end), ended: true };
			rest = rest.subarray(end + 1);
		}
	}
	if (rest.length > 0) yield { bytes: rest, ended: false };
}
