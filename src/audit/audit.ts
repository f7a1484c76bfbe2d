import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { acquireLock } from "../durable/process-lock.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { writeAll } from "../durable/write-all.ts";
import { OnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { AuditAction, AuditCaller } from "./audit-entry.ts";
import { auditFiles, monthFile } from "./audit-files.ts";
import { type AuditHead, readHead, writeHead } from "./audit-head.ts";
import { firstPrevious, lineOf, sha256 } from "./audit-line.ts";
import { findTail, type Tail } from "./audit-tail.ts";

/** What happened, and who did it. Neither secrets nor what was said in a recording belong here. */
export type Deed = {
	caller: AuditCaller | null;
	action: AuditAction;
	/** Where the request came from. */
	address?: string;
	/** Its name. */
	recording?: string;
	/** A few short facts. */
	detail?: Record<string, unknown>;
};

export type Audit = {
	/**
	 * Resolves when the entry is on disk and synced. What the disk does not take is told to the log,
	 * and counted by the next entry that it does take: what was done is done, and does not fail for
	 * its entry.
	 */
	note(deed: Deed): Promise<void>;
	/** Resolves when everything noted is written. */
	close(): Promise<void>;
};

type Noted = { at: Date; deed: Deed; written: () => void };

const patienceMs = 10_000;
const longestLineBytes = 16_384;

/**
 * The audit log in `folder`: JSON lines, a file for each month, each line with the hash of the one
 * before. Several processes may write to it. Those that wait for each other share one sync.
 */
export function openAudit({
	folder,
	log,
	now = () => new Date(),
}: {
	folder: string;
	log: Logger;
	now?: () => Date;
}): Audit {
	let waiting: Noted[] = [];
	let writing: Promise<void> | null = null;
	let missing = 0;

	async function writeWaiting(): Promise<void> {
		while (waiting.length > 0) {
			const batch = waiting;
			waiting = [];
			try {
				await write(batch);
			} catch (error) {
				missing += batch.length;
				const actions = [...new Set(batch.map(({ deed }) => deed.action))];
				log.error(
					{ error: String(error), actions, entries: batch.length },
					"the audit log could not be written",
				);
			}
			for (const { written } of batch) written();
		}
		writing = null;
	}

	async function write(batch: readonly Noted[]): Promise<void> {
		await makeFolder(folder);
		const lock = await acquireLock(join(folder, "lock.db"), { waitMs: patienceMs });
		if (lock === null) {
			throw new OnwaxError("ERR_LIBRARY_BUSY", "Another process holds the audit log.");
		}
		try {
			const newest = (await auditFiles(folder)).at(-1) ?? null;
			const month = monthFile(batch[0]?.at ?? now());
			// A clock that was put back does not reorder the files.
			const name = newest === null || month > newest ? month : newest;
			const isNew = name !== newest;
			// Read anew each time: another process may have written, and the file's end is the truth.
			const tail = await findTail(folder);
			const head = await readHead(folder);
			let written: AuditHead;
			const handle = await open(join(folder, name), "a", 0o600);
			try {
				const { size } = await handle.stat();
				written = await append(handle, batch, tail, head, size === 0);
				await handle.datasync();
			} finally {
				await handle.close();
			}
			if (isNew) await syncFolder(folder);
			missing = 0;
			await writeHead(folder, written).catch((error: unknown) =>
				log.warn({ error: String(error) }, "the end of the audit log could not be noted beside it"),
			);
		} finally {
			lock.release();
		}
	}

	async function append(
		handle: FileHandle,
		batch: readonly Noted[],
		{ last, bad, ended }: Tail,
		head: AuditHead | null,
		isEmpty: boolean,
	): Promise<AuditHead> {
		let number = last?.number ?? 0;
		let previous = last?.hash ?? firstPrevious;
		const lines: string[] = [];
		const add = (at: Date, { caller, action, address, recording, detail }: Deed) => {
			const make = (about: Record<string, unknown>) =>
				lineOf({
					number: number + 1,
					at: at.toISOString(),
					action,
					caller: caller && { kind: caller.kind, id: caller.id, name: caller.name },
					address: address ?? null,
					recording: recording ?? null,
					detail: about,
					previous,
				});
			let made = make(detail ?? {});
			if (made.line.length > longestLineBytes) made = make({ leftOut: "too long" });
			lines.push(made.line);
			number += 1;
			previous = made.hash;
		};
		if (bad !== null) {
			// What is there stays there, and is named: nothing in this file is ever taken away.
			if (!ended && !isEmpty) lines.push("\n");
			const detail = { sizeBytes: bad.bytes.length, sha256: sha256(bad.bytes) };
			const action = bad.isTorn ? "torn-line" : "damage-found";
			log.warn({ action, ...detail }, "the audit log did not end with a whole entry");
			add(now(), { caller: null, action, detail });
		}
		if (head !== null && number < head.number) {
			const detail = { entries: head.number - number, lastHash: head.hash };
			log.error(detail, "entries of the audit log that had been written are gone");
			add(now(), { caller: null, action: "entries-cut-off", detail });
		}
		if (missing > 0) {
			add(now(), { caller: null, action: "entries-missing", detail: { entries: missing } });
		}
		for (const { at, deed } of batch) add(at, deed);
		await writeAll(handle, Buffer.from(lines.join(""), "utf8"));
		return { number, hash: previous };
	}

	return {
		note(deed) {
			const { promise, resolve } = Promise.withResolvers<void>();
			waiting.push({ at: now(), deed, written: resolve });
			writing ??= writeWaiting();
			return promise;
		},
		async close() {
			await writing;
		},
	};
}
