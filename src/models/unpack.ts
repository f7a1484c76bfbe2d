import { once } from "node:events";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ReadEntry } from "tar";
import { makeFolder } from "../durable/make-folder.ts";
import { step } from "../durable/step.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { writeAll } from "../durable/write-all.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { type ArchiveKind, decompress, notWhole } from "./decompress.ts";
import { entryParts } from "./entry-path.ts";

export type UnpackLimits = {
	maxBytes: number;
	maxEntries: number;
};

export type UnpackOptions = {
	limits: UnpackLimits;
	signal: AbortSignal;
	/** Bytes that have been written in all. */
	onProgress: (writtenBytes: number) => void;
};

/** No name or comment in an archive needs more; what holds it holds it in memory. */
const longestMetadata = 64 * 1024;

/** Beside its bytes an entry takes a header, padding, and mostly one more of each for a long name. */
const headersPerEntry = 4096;
/** Programs fill the end of an archive with zeros. */
const paddingBytes = 2 ** 20;
/** The first byte of anything in gzip; no name in a tar begins with it. */
const gzipBegins = 0x1f;

/**
 * Unpacks an archive into an empty folder of ours, whoever made it: an entry is a file or a folder
 * inside that folder, or everything is refused. Nothing is a link, nothing replaces anything, and no
 * more is written, or decompressed in vain, than the limits say, whatever the entries announce. All
 * files and folders are synced when it returns.
 *
 * @throws ERR_DAMAGED for an archive that is broken or that could do harm
 */
export async function unpack(
	archive: { path: string; kind: ArchiveKind },
	folder: string,
	options: UnpackOptions,
): Promise<void> {
	const { Parser } = await import("tar");
	const parser = new Parser({
		strict: true,
		maxMetaEntrySize: longestMetadata,
		// It has been decompressed already, and is not guessed at again.
		brotli: false,
		zstd: false,
	});
	const folders = new Set([folder]);
	let refusal: unknown = null;
	let entries = 0;
	let announcedBytes = 0;
	let writtenBytes = 0;
	let writing: Promise<void> = Promise.resolve();
	// Whoever waits for more of the archive is told here that it will not come. (Promise.race with one
	// promise of refusal would hold every chunk that was ever waited for.)
	const waiting = new Set<(reason: unknown) => void>();
	const refuse = (error: unknown) => {
		refusal ??= error;
		for (const reject of waiting) reject(refusal);
	};
	const unlessRefused = <T>(coming: Promise<T>): Promise<T> =>
		new Promise<T>((resolve, reject) => {
			if (refusal !== null) reject(refusal);
			waiting.add(reject);
			coming.then(resolve, reject).finally(() => waiting.delete(reject));
		});
	parser.on("error", (error: unknown) => refuse(notWhole(error)));
	let isEnded = false;
	parser.on("eof", () => {
		isEnded = true;
	});
	// Types that tar itself does not know, such as sparse files, whose size is not what they hold.
	parser.on("ignoredEntry", (entry: ReadEntry) => {
		refuse(unsafe(`"${entry.path}" is neither a file nor a folder`));
	});
	parser.on("entry", (entry: ReadEntry) => {
		entries += 1;
		announcedBytes += entry.size;
		if (entries > options.limits.maxEntries) {
			refuse(unsafe(`it holds more than ${options.limits.maxEntries} entries`));
		}
		if (announcedBytes > options.limits.maxBytes) {
			refuse(unsafe(`it says that it holds ${Math.round(announcedBytes / 1e6)} MB`));
		}
		if (refusal === null) writing = writing.then(() => take(entry)).catch(refuse);
	});

	async function take(entry: ReadEntry): Promise<void> {
		if (refusal !== null) return;
		const parts = entryParts(entry.path);
		if (parts === null) throw unsafe(`"${entry.path}" would lie outside of its folder`);
		const path = join(folder, ...parts);
		switch (entry.type) {
			case "Directory":
				entry.resume();
				if (parts.length > 0) await addFolder(path);
				return;
			case "File":
			case "OldFile":
			case "ContiguousFile":
				if (parts.length === 0) throw unsafe("an entry has no name");
				await addFolder(dirname(path));
				return await addFile(path, entry);
			default:
				throw unsafe(`"${entry.path}" is a link or a device`);
		}
	}

	async function addFolder(path: string): Promise<void> {
		if (folders.has(path)) return;
		await makeFolder(path);
		for (let above = path; above !== folder; above = dirname(above)) folders.add(above);
	}

	async function addFile(path: string, entry: ReadEntry): Promise<void> {
		step("unpack:file");
		const handle = await open(path, "wx", 0o600);
		const chunks = entry[Symbol.asyncIterator]();
		try {
			for (;;) {
				const { done, value } = await unlessRefused(chunks.next());
				if (done) break;
				options.signal.throwIfAborted();
				await writeAll(handle, value);
				writtenBytes += value.length;
				options.onProgress(writtenBytes);
			}
			await handle.sync();
		} finally {
			await handle.close();
		}
	}

	const { maxBytes, maxEntries } = options.limits;
	const mostCome = maxBytes + maxEntries * headersPerEntry + paddingBytes;
	let comeBytes = 0;
	const source = await decompress(archive.path, archive.kind);
	try {
		for await (const chunk of source.bytes as AsyncIterable<Buffer>) {
			options.signal.throwIfAborted();
			if (refusal !== null) break;
			// The parser would unpack gzip within it, past every count.
			if (comeBytes === 0 && chunk[0] === gzipBegins) refuse(notWhole());
			comeBytes += chunk.length;
			if (comeBytes > mostCome) {
				refuse(unsafe(`more than ${Math.round(maxBytes / 1e6)} MB came out of it`));
			}
			if (refusal !== null) break;
			// Read to its end, so that the compression's own checksum counts; but the parser would gather
			// what comes after the end of the tar, and copy all of it with every chunk.
			if (isEnded) continue;
			if (!parser.write(chunk)) await unlessRefused(once(parser, "drain"));
		}
		if (refusal === null) {
			const ended = once(parser, "end");
			parser.end();
			await unlessRefused(ended);
			if (!isEnded) refuse(notWhole());
		}
	} catch (error) {
		const isPlain = error instanceof OnwaxError || systemErrorCode(error) !== null;
		if (options.signal.aborted) refuse(options.signal.reason);
		else refuse(isPlain ? error : notWhole(error));
	} finally {
		source.stop();
	}
	await writing;
	if (refusal !== null) throw asRefusal(refusal);
	for (const path of folders) await syncFolder(path);
}

function asRefusal(error: unknown): unknown {
	switch (systemErrorCode(error)) {
		case "EEXIST":
		case "ENOTDIR":
		case "EISDIR":
			return unsafe("two of its entries have the same name");
		default:
			return error;
	}
}

function unsafe(why: string): OnwaxError {
	return new OnwaxError("ERR_DAMAGED", `The archive was not unpacked: ${why}.`, {
		hint: "Nothing of it is used. If you trust it, unpack it yourself and pull the folder.",
	});
}
