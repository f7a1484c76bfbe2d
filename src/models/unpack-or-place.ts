import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { copyHashed } from "../durable/copy-hashed.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { OnwaxError } from "../errors.ts";
import type { ArchiveKind } from "./decompress.ts";
import type { PullOptions } from "./pull-options.ts";
import { unpack } from "./unpack.ts";

const mostEntries = 2000;
/** Weights hardly shrink: an archive that grows more than this is no model. */
const mostGrowth = 12;
const smallArchiveBytes = 2 ** 26;

/** What a model takes on the disk while it is pulled, as a multiple of what is downloaded. */
export function unpackFactor(fileName: string): number {
	// The archive and what is in it: Whisper's hold each model twice, in two precisions.
	return fileName.endsWith(".onnx") ? 2 : 3.5;
}

/** Fills an empty folder with a model: unpacked from an archive, or the one file that it is. */
export async function unpackOrPlace(
	source: { path: string; name: string; kind: ArchiveKind | null },
	folder: string,
	options: Pick<PullOptions, "signal" | "onProgress"> & { archiveBytes: number },
): Promise<void> {
	const { path, name, kind } = source;
	if (kind !== null) {
		await makeFolder(folder);
		return unpack({ path, kind }, folder, {
			limits: {
				maxBytes: smallArchiveBytes + options.archiveBytes * mostGrowth,
				maxEntries: mostEntries,
			},
			signal: options.signal,
			onProgress: (written) => options.onProgress("unpacking", written, null),
		});
	}
	if (!/\.onnx$/i.test(name)) {
		throw new OnwaxError("ERR_FORMAT_UNKNOWN", `${name} is neither an archive nor a model.`, {
			hint: "A .tar.bz2, .tar.gz, .tar or .onnx file is wanted, or a folder with the model's files.",
		});
	}
	await makeFolder(folder);
	const handle = await open(path, constants.O_RDONLY);
	try {
		let copied = 0;
		await copyHashed({ handle, path }, join(folder, name), {
			signal: options.signal,
			onBytes: (bytes) => {
				copied += bytes;
				options.onProgress("copying", copied, options.archiveBytes);
			},
		});
	} finally {
		await handle.close();
	}
	await syncFolder(folder);
}
