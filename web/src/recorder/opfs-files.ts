import { decodeSlots, type Journal, startOfId } from "./journal.ts";
import { parseEvents, type RecordingEvent } from "./notice-events.ts";
import { journalOfName } from "./spool.ts";
import { readWavHeader } from "./wav-header.ts";

export const audioName = "audio.wav";
export const journalName = "journal";
export const eventsName = "events.jsonl";

/** So much sound is worth keeping although its header is damaged. */
const worthKeepingBytes = 4096;

/** One folder for each recording. */
export async function recordingsFolder(): Promise<FileSystemDirectoryHandle> {
	const root = await navigator.storage.getDirectory();
	return root.getDirectoryHandle("recordings", { create: true });
}

export async function recordingIds(): Promise<string[]> {
	const ids: string[] = [];
	for await (const id of (await recordingsFolder()).keys()) ids.push(id);
	return ids.sort();
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
 * What is known of a recording, from its journal or, where that was torn, from its name; null: nothing of
 * its sound has reached the disk. `sequence`: of the next writing.
 */
export async function journalOf(
	place: FileSystemDirectoryHandle,
	audio: FileSystemFileHandle,
	id: string,
): Promise<{ journal: Journal; sequence: number } | null> {
	const notes = await existingFile(place, journalName);
	const known = notes === null ? null : decodeSlots(await bytesOf(await notes.getFile()));
	if (known !== null) return { journal: known.journal, sequence: known.sequence + 1 };
	const sound = await audio.getFile();
	const isWhole = readWavHeader(await bytesOf(sound.slice(0, 1024))) !== null;
	if (!isWhole && sound.size < worthKeepingBytes) return null;
	return { journal: journalOfName(id, startOfId(id) ?? new Date().toISOString()), sequence: 0 };
}

export async function eventsOf(place: FileSystemDirectoryHandle): Promise<RecordingEvent[]> {
	const file = await existingFile(place, eventsName);
	return file === null ? [] : parseEvents(await (await file.getFile()).text());
}

/** What somebody has cleared away already is not there, as it should be. */
export async function removeRecording(id: string): Promise<void> {
	const folder = await recordingsFolder();
	await folder.removeEntry(id, { recursive: true }).catch(nullWhereMissing);
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
	return new Uint8Array(await blob.arrayBuffer());
}
