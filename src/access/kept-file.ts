import { readFile, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { namesIn } from "../durable/names-in.ts";
import { isPartName } from "../durable/part-name.ts";
import { acquireLock } from "../durable/process-lock.ts";
import { publishFile } from "../durable/publish-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";

export type Kept<T> = { value: T; damage: null } | { value: null; damage: string };

/** A small JSON file that several processes read and change. */
export type KeptFile<T> = {
	/** As it is on disk, at most a second ago. */
	read(): Promise<Kept<T>>;
	/** As it is on disk now. */
	readNow(): Promise<Kept<T>>;
	/**
	 * One change at a time, whoever makes it; on disk and synced when this resolves.
	 *
	 * @throws ERR_DAMAGED where the file cannot be understood and is not `replaceable`;
	 *   ERR_LIBRARY_BUSY where another process holds it for longer than anybody should
	 */
	change(alter: (before: T) => T): Promise<T>;
};

export type KeptFileOptions<T> = {
	path: string;
	/** What stands for a file that is not there. */
	empty: T;
	/** @throws where the text is not one of ours */
	parse: (text: string) => T;
	/** A damaged one is no loss: the next change begins anew. Else it is never written over. */
	replaceable?: boolean;
	nowMs?: () => number;
};

const lookAgainMs = 1000;
const patienceMs = 5000;

export function openKeptFile<T>(options: KeptFileOptions<T>): KeptFile<T> {
	const { path, empty, parse, replaceable = false, nowMs = () => performance.now() } = options;
	const folder = dirname(path);
	let kept: Kept<T> | null = null;
	let mark = "";
	let changing: Promise<unknown> = Promise.resolve();
	let lookedAtMs = Number.NEGATIVE_INFINITY;

	async function readNow(): Promise<Kept<T>> {
		const now = nowMs();
		const seen = await markOf(path);
		if (kept === null || seen !== mark) {
			kept = await load();
			// The mark from before the reading: what is written meanwhile is read the next time.
			mark = seen;
		}
		lookedAtMs = now;
		return kept;
	}

	async function load(): Promise<Kept<T>> {
		let text: string;
		try {
			text = await readFile(path, "utf8");
		} catch (error) {
			if (systemErrorCode(error) === "ENOENT") return { value: empty, damage: null };
			return { value: null, damage: `it cannot be read (${systemErrorCode(error)})` };
		}
		try {
			return { value: parse(text), damage: null };
		} catch {
			// What the parser says may quote what it met.
			return { value: null, damage: "its content is not what Onwax wrote" };
		}
	}

	async function changeLocked(alter: (before: T) => T): Promise<T> {
		await makeFolder(folder);
		const lock = await acquireLock(join(folder, "lock.db"), { waitMs: patienceMs });
		if (lock === null) {
			throw new OnwaxError("ERR_LIBRARY_BUSY", `${basename(path)} is being changed.`, {
				retryable: true,
			});
		}
		try {
			kept = null;
			const { value, damage } = await readNow();
			if (value === null && !replaceable) throw damaged(path, damage);
			const before = value ?? empty;
			const after = alter(before);
			if (after === before) return after;
			await removeParts(folder);
			await publishFile(path, `${JSON.stringify(after, null, "\t")}\n`);
			return after;
		} finally {
			kept = null;
			lock.release();
		}
	}

	return {
		read: async () =>
			kept !== null && nowMs() - lookedAtMs < lookAgainMs ? kept : await readNow(),
		readNow,
		change(alter) {
			// Those of this process one after the other; only then do processes knock at the lock.
			const result = changing.then(() => changeLocked(alter));
			changing = result.catch(() => undefined);
			return result;
		},
	};
}

export function damaged(path: string, damage: string | null): OnwaxError {
	return new OnwaxError("ERR_DAMAGED", `${path} is damaged: ${damage}.`, {
		hint: "Put it back from a copy, or remove it: its password, tokens and sessions are gone then.",
	});
}

/** Another file, or other content: an own rename always changes the inode. */
async function markOf(path: string): Promise<string> {
	try {
		const { ino, mtimeNs, size } = await stat(path, { bigint: true });
		return `${ino}-${mtimeNs}-${size}`;
	} catch (error) {
		return String(systemErrorCode(error));
	}
}

/** Called under the lock: nobody is writing one. */
async function removeParts(folder: string): Promise<void> {
	for (const name of await namesIn(folder)) {
		if (isPartName(name)) await rm(join(folder, name), { force: true });
	}
}
