import { encodeSlot, type Journal, journalSlotBytes } from "./journal.ts";
import { eventLine, type RecordingEvent } from "./notice-events.ts";
import {
	audioName,
	eventsName,
	eventsOf,
	existing,
	existingFile,
	journalName,
	journalOf,
	recordingIds,
	recordingsFolder,
	removeRecording,
} from "./opfs-files.ts";
import type { Spool, SpoolStore } from "./spool.ts";

/** A worker that died lets go of its files a moment later than of its lock. */
const openTries = 40;
const openPauseMs = 50;

/** Recordings as files of the browser's own file system, written by a worker without delay. */
export function opfsStore(): SpoolStore {
	return {
		kind: "opfs",
		ids: recordingIds,
		async create(journal, header) {
			const place = await (await recordingsFolder()).getDirectoryHandle(journal.id, {
				create: true,
			});
			const spool = await openFiles(place, true, journal, 0, []);
			try {
				await spool.append(header);
				await spool.note({});
				await spool.flush();
			} catch (error) {
				await spool.close();
				throw error;
			}
			return spool;
		},
		async open(id) {
			const place = await existing(await recordingsFolder(), id);
			if (place === null) return null;
			const audio = await existingFile(place, audioName);
			if (audio === null) return null;
			const known = await journalOf(place, audio, id);
			if (known === null) return null;
			return openFiles(place, false, known.journal, known.sequence, await eventsOf(place));
		},
		remove: removeRecording,
	};
}

async function openFiles(
	place: FileSystemDirectoryHandle,
	create: boolean,
	journalThen: Journal,
	firstSequence: number,
	events: RecordingEvent[],
): Promise<Spool> {
	const audioFile = await place.getFileHandle(audioName, { create });
	const audio = await openNow(audioFile);
	const notes = await openNow(await place.getFileHandle(journalName, { create: true }));
	let eventLines: FileSystemSyncAccessHandle | null = null;
	let journal = journalThen;
	let sequence = firstSequence;
	let sizeBytes = audio.getSize();
	let flushedBytes = 0;
	return {
		get journal() {
			return journal;
		},
		get sizeBytes() {
			return sizeBytes;
		},
		async append(bytes) {
			const written = audio.write(bytes, { at: sizeBytes });
			sizeBytes += written;
			if (written < bytes.length)
				throw new DOMException("Not all of it could be written.", "QuotaExceededError");
		},
		async flush() {
			audio.flush();
			flushedBytes = sizeBytes;
			return flushedBytes;
		},
		async read(offset, lengthBytes) {
			const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, sizeBytes - offset)));
			const read = audio.read(bytes, { at: offset });
			return bytes.subarray(0, read);
		},
		async note(change) {
			journal = { ...journal, ...change };
			notes.write(encodeSlot(journal, sequence), { at: (sequence % 2) * journalSlotBytes });
			notes.flush();
			sequence++;
		},
		events,
		async noteEvent(event) {
			events.push(event);
			eventLines ??= await openNow(await place.getFileHandle(eventsName, { create: true }));
			eventLines.write(new TextEncoder().encode(eventLine(event)), { at: eventLines.getSize() });
			eventLines.flush();
		},
		file: async () => new Blob([await (await audioFile.getFile()).arrayBuffer()]),
		async close() {
			audio.close();
			notes.close();
			eventLines?.close();
		},
	};
}

async function openNow(file: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
	for (let tried = 1; ; tried++) {
		try {
			return await file.createSyncAccessHandle();
		} catch (error) {
			const isHeld = error instanceof DOMException && error.name === "NoModificationAllowedError";
			if (!isHeld || tried >= openTries) throw error;
			await new Promise((resolve) => setTimeout(resolve, openPauseMs));
		}
	}
}
