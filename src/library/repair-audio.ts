import { constants } from "node:fs";
import { open, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { copyHashed } from "../durable/copy-hashed.ts";
import { hashFile } from "../durable/hash-file.ts";
import { preparedName } from "../durable/prepared-file.ts";
import { requireFreeSpace } from "../durable/volume.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { audioFileFacts, type FileFacts, type Metadata } from "../recording.ts";
import type { Held } from "./change.ts";
import type { Library } from "./library.ts";
import type { Repair } from "./repair.ts";

/** What the audio as it came in is called in the recording's folder: `audio.` and its ending. */
export function originalAudioName(metadata: Metadata): string {
	const { audioFile, original, originalFilename } = metadata;
	if (original === null) return audioFile;
	const extension = extname(originalFilename ?? "").toLowerCase();
	return /^\.[a-z0-9]{1,10}$/.test(extension) ? `audio${extension}` : "audio.wav";
}

/** Whether an unlisted file's length is that of audio that would make the recording whole again. */
export function couldBeAudio(metadata: Metadata, sizeBytes: number): boolean {
	return [audioFileFacts(metadata), metadata.original].some((one) => one?.sizeBytes === sizeBytes);
}

/**
 * Looks among files that somebody put into the folder for the audio that is damaged or missing: the
 * file that is listed, under whatever name, or else the file as it came in, before it was
 * compressed or mended. Only a SHA-256 decides. The file that is taken is synced and stays in its
 * place, or is copied to where it belongs before the other name goes.
 *
 * @param candidates names of plain files that metadata.json does not list
 * @returns whether the recording's audio is whole again
 */
export async function restoreAudio(
	{ folder, metadata }: Held,
	candidates: readonly string[],
	repair: Repair,
	library: Library,
): Promise<boolean> {
	const { audioFile, original } = metadata;
	const listed = audioFileFacts(metadata);
	let asItCameIn: { file: string; facts: FileFacts } | null = null;
	for (const file of candidates) {
		const facts = await hashUsable(join(folder, file));
		if (facts?.sha256 === listed.sha256) {
			await putInPlace(folder, { file, facts }, audioFile, repair, library);
			repair.done.push(`${audioFile} was damaged or missing; ${file} was it, and is in its place.`);
			return true;
		}
		if (original !== null && facts?.sha256 === original.sha256) asItCameIn ??= { file, facts };
	}
	if (original === null || asItCameIn === null) return false;
	const { file } = asItCameIn;
	const isNamedSo = /^audio\.[a-z0-9]{1,10}$/.test(file);
	const target = isNamedSo ? file : originalAudioName(metadata);
	await putInPlace(folder, asItCameIn, target, repair, library);
	if (target !== audioFile) {
		delete repair.files[audioFile];
		// All that was in it stands in the other file.
		repair.superseded.push(audioFile);
	}
	const { mimeType, codec, durationSeconds, sampleRate, channels, bitDepth } = original;
	repair.fields.audioFile = target;
	repair.fields.audio = { mimeType, codec, durationSeconds, sampleRate, channels, bitDepth };
	repair.fields.original = null;
	repair.done.push(
		`${audioFile} was damaged or missing; the file as it came in took its place, as ${target}.`,
	);
	return true;
}

/** Null for what cannot be read: it can make nothing whole. */
async function hashUsable(path: string): Promise<FileFacts | null> {
	try {
		return await hashFile(path);
	} catch (error) {
		if (systemErrorCode(error) === null) throw error;
		return null;
	}
}

async function putInPlace(
	folder: string,
	{ file, facts }: { file: string; facts: FileFacts },
	target: string,
	repair: Repair,
	library: Library,
): Promise<void> {
	const path = join(folder, file);
	const handle = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)).catch(() =>
		// A read-only file can still be read and, on POSIX, synced.
		open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)),
	);
	try {
		if (file === target) {
			await handle.sync();
		} else {
			await requireFreeSpace(folder, facts.sizeBytes, library.reserveBytes);
			const prepared = join(folder, preparedName(target, facts.sha256));
			// Half a copy of a repair that was cut short.
			await rm(prepared, { force: true });
			const written = await copyHashed({ handle, path }, prepared);
			if (written.sha256 !== facts.sha256) {
				await rm(prepared, { force: true });
				throw new OnwaxError("ERR_DAMAGED", `${file} reads differently each time.`, {
					hint: "Look at the disk, then repair again.",
				});
			}
			repair.superseded.push(file);
		}
	} finally {
		await handle.close();
	}
	repair.files[target] = facts;
}
