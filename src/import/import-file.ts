import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import type { Writer } from "../archive/writer.ts";
import { copyHashed } from "../durable/copy-hashed.ts";
import { claimSpace, type SpaceClaim } from "../durable/volume.ts";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import { type Arrival, type Inspection, type Staged, stage } from "../library/stage.ts";
import { extensionOf, type FoundFile } from "./find-files.ts";
import { type ImportLimits, requireFormat, requireSize } from "./limits.ts";

export type StageFileContext = {
	writer: Writer;
	appVersion: string;
	reserveBytes: number;
	limits: ImportLimits;
	title: string | null;
	tags: string[];
	inspect: (audioPath: string) => Promise<Inspection>;
	signal: AbortSignal;
	onBytes?: (bytes: number) => void;
	/** What else is known about the file, from elsewhere than the file. */
	about?: Partial<Arrival>;
};

/**
 * Copies one file into the writer's folder, hashed and synced. The source is only ever read.
 * @throws OnwaxError that says why this file was not taken; then nothing is left of it here
 */
export async function stageFile(file: FoundFile, context: StageFileContext): Promise<Staged> {
	const extension = extensionOf(file.shown);
	requireFormat(file.shown, extension, context.limits);
	const handle = await openSource(file);
	let space: SpaceClaim | null = null;
	try {
		const before = await handle.stat();
		if (!before.isFile()) {
			throw new OnwaxError("ERR_NOT_A_FILE", `${file.shown} is not a plain file.`);
		}
		requireSize(file.shown, before.size, context.limits);
		const claimed = await claimSpace(context.writer.folder, before.size, context.reserveBytes);
		space = claimed;
		const arrival = {
			source: "import" as const,
			originalFilename: basename(file.shown),
			extension: `.${extension}`,
			title: context.title,
			tags: context.tags,
			...context.about,
		};
		const fill = async (audioPath: string) => {
			const source = { handle, path: file.path.toString() };
			const facts = await copyHashed(source, audioPath, {
				signal: context.signal,
				onBytes(bytes) {
					claimed.written(bytes);
					context.onBytes?.(bytes);
				},
			});
			requireUnchanged(file.shown, before, await handle.stat(), facts.sizeBytes);
			return facts;
		};
		return await stage(context.writer, context.appVersion, arrival, fill, context.inspect);
	} finally {
		space?.release();
		await handle.close();
	}
}

async function openSource(file: FoundFile): Promise<FileHandle> {
	try {
		// O_NONBLOCK: opening a named pipe must not wait for somebody to write into it.
		const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
		return await open(file.path, flags);
	} catch (error) {
		switch (systemErrorCode(error)) {
			case "ELOOP":
				throw new OnwaxError("ERR_SYMLINK", `${file.shown} is a symbolic link.`, {
					hint: "Import the file it points at.",
				});
			case "ENOENT":
				throw new OnwaxError("ERR_NOT_FOUND", `${file.shown} is gone.`);
			case "EACCES":
			case "EPERM":
				throw new OnwaxError("ERR_PERMISSION", `${file.shown} may not be read.`, {
					hint: "Check the file's permissions.",
					cause: error,
				});
			default:
				throw toOnwaxError(error, "ERR_IO");
		}
	}
}

function requireUnchanged(shown: string, before: Stats, after: Stats, copiedBytes: number): void {
	const same =
		before.size === after.size && before.mtimeMs === after.mtimeMs && copiedBytes === after.size;
	if (same) return;
	throw new OnwaxError("ERR_FILE_CHANGED", `${shown} was being written while it was read.`, {
		retryable: true,
		hint: "Import it again when the other program is done with it; `--watch` waits for that by itself.",
	});
}
