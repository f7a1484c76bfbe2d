import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { findOnShelves } from "../archive/shelves.ts";
import { hashFile } from "../durable/hash-file.ts";
import { moveFile } from "../durable/move-file.ts";
import { preparedName } from "../durable/prepared-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { audioFileFacts, type Metadata, originalSha256 } from "../recording.ts";
import { changeRecording } from "./change.ts";
import type { Library } from "./library.ts";
import type { Staged } from "./stage.ts";

/**
 * What became of audio that the catalogue says is here already. `whole`: its bytes were read just
 * now and are what they should be. `restored`: they were not, and the new ones took their place.
 */
export type Twin = { kind: "whole" | "restored"; name: string; inTrash: boolean };

/**
 * Nobody is told "already kept" on the word of an index: the recording's audio is read first. Where
 * it is damaged or missing, the audio that has just come in is what it lacks, and is put in place.
 *
 * @returns null where there is no such recording after all: the new one is to be published
 */
export async function meetTwin(library: Library, staged: Staged): Promise<Twin | null> {
	const sha256 = originalSha256(staged.metadata);
	const known = (await library.catalogue.findByOriginalSha256([sha256])).get(sha256);
	if (known === undefined) return null;
	try {
		if (await hasWholeAudio(library, known))
			return twinOf("whole", await metadataOf(library, known));
		return twinOf("restored", await restoreAudio(library, known, staged));
	} catch (error) {
		// Its folder is gone (and now out of the catalogue), or nobody can say what belongs into it.
		const codes = ["ERR_NOT_FOUND", "ERR_DAMAGED"];
		if (error instanceof OnwaxError && codes.includes(error.code)) return null;
		throw error;
	}
}

function twinOf(kind: Twin["kind"], metadata: Metadata): Twin {
	return { kind, name: metadata.name, inTrash: metadata.deletedAt !== null };
}

/** Reads the audio file and compares; false also where the recording is not there at all. */
export async function hasWholeAudio(library: Library, name: string): Promise<boolean> {
	try {
		const [shelf] = await findOnShelves(library.layout, name);
		if (!shelf) return false;
		const folder = recordingFolder(library.layout, shelf, name);
		const metadata = await readMetadata(folder);
		const facts = await hashFile(join(folder, metadata.audioFile));
		return facts.sha256 === audioFileFacts(metadata).sha256;
	} catch (error) {
		// Moved between the two looks, or not readable: not known to be whole.
		if (systemErrorCode(error) !== null || error instanceof OnwaxError) return false;
		throw error;
	}
}

async function metadataOf(library: Library, name: string): Promise<Metadata> {
	const recording = await library.catalogue.get(name);
	if (recording) return recording.metadata;
	throw new OnwaxError("ERR_NOT_FOUND", `${name} is gone.`);
}

async function restoreAudio(library: Library, name: string, staged: Staged): Promise<Metadata> {
	const { audioFile, audio } = staged.metadata;
	const facts = audioFileFacts(staged.metadata);
	return changeRecording(library, name, async ({ folder, metadata }) => {
		const { [metadata.audioFile]: _, ...files } = metadata.files;
		const prepared = join(folder, preparedName(audioFile, facts.sha256));
		await moveFile(join(staged.folder, audioFile), prepared);
		const message =
			"The audio was damaged or missing; the same audio was imported and took its place.";
		const event = { at: new Date().toISOString(), kind: "restored", message };
		return {
			fields: {
				audioFile,
				audio,
				original: null,
				files: { ...files, [audioFile]: facts },
				events: [...metadata.events, event],
			},
			superseded: metadata.audioFile === audioFile ? [] : [metadata.audioFile],
		};
	});
}
