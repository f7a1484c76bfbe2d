import { watch } from "node:fs";
import { lstat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "../errors.ts";
import { type FindOptions, type FoundFile, findFiles } from "./find-files.ts";

export type WatchOptions = FindOptions & {
	/** A file is taken when its size and time have not changed for this long. */
	stableSeconds: number;
	/** Looked through at least this often: some file systems tell no changes. */
	rescanSeconds?: number;
	signal: AbortSignal;
};

type Seen = { sizeBytes: number; mtimeMs: number; unchangedSince: number; taken: boolean };

/**
 * Yields the files of a folder, those that are there and those that come, each once it has stopped
 * growing, and again when its content changes later. Ends when the signal aborts.
 */
export async function* watchFolder(
	folder: string,
	options: WatchOptions,
): AsyncGenerator<FoundFile> {
	const seen = new Map<string, Seen>();
	const rescanMs = (options.rescanSeconds ?? 5) * 1000;
	const stableMs = options.stableSeconds * 1000;
	let wake = new AbortController();
	const watcher = watch(folder, { recursive: true, signal: options.signal }, () => wake.abort());
	// A watcher that breaks (too many watches, folder exchanged) leaves the rescans, which suffice.
	watcher.on("error", () => undefined);
	while (!options.signal.aborted) {
		wake = new AbortController();
		let someUnstable = false;
		const present = new Set<string>();
		for await (const found of findFiles([folder], options)) {
			if (found.kind !== "file") continue;
			const key = found.file.path.toString("latin1");
			present.add(key);
			const state = await look(found.file, seen.get(key));
			if (state === null) continue;
			seen.set(key, state);
			if (state.taken) continue;
			if (performance.now() - state.unchangedSince >= stableMs && state.sizeBytes > 0) {
				state.taken = true;
				yield found.file;
			} else {
				someUnstable = true;
			}
		}
		for (const key of seen.keys()) if (!present.has(key)) seen.delete(key);
		const pauseMs = someUnstable ? Math.min(stableMs / 2, rescanMs) : rescanMs;
		const either = AbortSignal.any([options.signal, wake.signal]);
		await sleep(Math.max(pauseMs, 50), undefined, { signal: either }).catch(() => undefined);
		// Changes come in bursts: look once for many.
		if (wake.signal.aborted) await sleep(50);
	}
}

async function look(file: FoundFile, known: Seen | undefined): Promise<Seen | null> {
	try {
		const { size, mtimeMs } = await lstat(file.path);
		if (known && known.sizeBytes === size && known.mtimeMs === mtimeMs) return known;
		return { sizeBytes: size, mtimeMs, unchangedSince: performance.now(), taken: false };
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}
