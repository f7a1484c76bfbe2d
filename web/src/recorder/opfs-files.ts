import { decodeSlots, type Journal, startOfId } from "./journal.ts";
import { journalFromSound } from "./spool.ts";

export const audioName = "audio.wav";
export const journalName = "journal";

/** One folder for each recording. */
export async function recordingsFolder(): Promise<FileSystemDirectoryHandle> {
	const root = await navigator.storage.getDirectory();
	return root.getDirectoryHandle("recordings", { create: true });
}

export async function existing(folder: FileSystemDirectoryHandle, name: string) {
	return folder.getDirectoryHandle(name).catch(nullWhereMissing);
}

export async function existingFile(folder: FileSystemDirectoryHandle, name: string) {
	return folder.getFileHandle(name).catch(nullWhereMissing);
}

function nullWhereMissing(error: unknown): null {
	if (error instanceof DOMException && error.name === "NotFoundError") return null;
	throw error;
}

/**
 * What is known of a recording, from its journal or, where that was torn, from its sound; null: not even
 * the sound's header is whole. `sequence`: of the next writing.
 */
export async function journalOf(
	place: FileSystemDirectoryHandle,
	audio: FileSystemFileHandle,
	id: string,
): Promise<{ journal: Journal; sequence: number } | null> {
	const notes = await existingFile(place, journalName);
	const known = notes === null ? null : decodeSlots(await bytesOf(await notes.getFile()));
	if (known !== null) return { journal: known.journal, sequence: known.sequence + 1 };
	const head = await bytesOf((await audio.getFile()).slice(0, 1024));
	const journal = journalFromSound(id, startOfId(id) ?? new Date().toISOString(), head);
	return journal === null ? null : { journal, sequence: 0 };
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
	return new Uint8Array(await blob.arrayBuffer());
}
