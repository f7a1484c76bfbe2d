import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import type { Library } from "../library/library.ts";
import { audioFileFacts, type Metadata, type Sha256 } from "../recording.ts";
import { audioPath } from "./recording-json.ts";
import { notFound } from "./resolve.ts";

/** A recording's audio, open: whatever becomes of its name, this stays the file that was asked for. */
export type OpenAudio = {
	file: FileHandle;
	metadata: Metadata;
	sizeBytes: number;
	modifiedAt: Date;
	/** Null where the file does not have the size it should have: then nobody knows what it holds. */
	sha256: Sha256 | null;
};

/**
 * A folder that moves, or audio that is compressed, is found again under its next name: the catalogue
 * hears of it a moment after the disk.
 */
const mostTries = 6;
const firstWaitMs = 15;

/**
 * Opens a recording's audio for reading. Whoever gets it closes it.
 *
 * @throws ERR_NOT_FOUND where the recording was purged; ERR_DAMAGED where its audio is gone
 */
export async function openAudio(
	{ layout, catalogue }: Pick<Library, "layout" | "catalogue">,
	name: string,
): Promise<OpenAudio> {
	for (let tries = 1; ; tries++) {
		if (tries > 1) await sleep(firstWaitMs * 2 ** (tries - 2));
		const recording = await catalogue.get(name);
		if (recording === null) throw notFound(name);
		const { metadata } = recording;
		const file = await openIfThere(audioPath(layout, recording));
		if (file === null && tries === mostTries) {
			throw new OnwaxError("ERR_DAMAGED", `The audio of ${name} is not where it should be.`, {
				hint: `\`onwax validate ${name}\` says what is wrong.`,
			});
		}
		if (file === null) continue;
		try {
			const facts = await file.stat();
			const expected = audioFileFacts(metadata);
			const isAsListed = facts.isFile() && facts.size === expected.sizeBytes;
			// It is being replaced just now, or somebody else changed it.
			if (!isAsListed && tries < mostTries) {
				await file.close();
				continue;
			}
			if (!facts.isFile()) throw new OnwaxError("ERR_DAMAGED", `The audio of ${name} is no file.`);
			const sha256 = isAsListed ? expected.sha256 : null;
			return { file, metadata, sizeBytes: facts.size, modifiedAt: facts.mtime, sha256 };
		} catch (error) {
			await file.close();
			throw error;
		}
	}
}

/** Never through a link, and a named pipe must not make it wait. */
async function openIfThere(path: string): Promise<FileHandle | null> {
	const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
	try {
		return await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === "ENOENT") return null;
		if (code === "ELOOP") {
			throw new OnwaxError("ERR_SYMLINK", "The audio is a link to somewhere else.", {
				hint: "`onwax validate` says what is wrong.",
			});
		}
		throw toOnwaxError(error, "ERR_IO");
	}
}
