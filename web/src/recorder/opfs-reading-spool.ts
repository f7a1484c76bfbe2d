import { encodeSlot, journalSlotBytes } from "./journal.ts";
import {
	audioName,
	eventsOf,
	existing,
	existingFile,
	journalName,
	journalOf,
	recordingIds,
	recordingsFolder,
	removeRecording,
} from "./opfs-files.ts";
import type { SpoolStore } from "./spool.ts";

/** The same files where they cannot be written without delay (a service worker): for bringing them to their end. */
export function opfsReadingStore(): SpoolStore {
	return {
		kind: "opfs",
		ids: recordingIds,
		create: refuse,
		async open(id) {
			const place = await existing(await recordingsFolder(), id);
			const handle = place === null ? null : await existingFile(place, audioName);
			if (place === null || handle === null) return null;
			const known = await journalOf(place, handle, id);
			if (known === null) return null;
			let { journal, sequence } = known;
			const audio = await handle.getFile();
			const events = await eventsOf(place);
			return {
				events,
				noteEvent: refuse,
				get journal() {
					return journal;
				},
				sizeBytes: audio.size,
				append: refuse,
				flush: async () => audio.size,
				read: async (offset, lengthBytes) =>
					new Uint8Array(await audio.slice(offset, offset + lengthBytes).arrayBuffer()),
				async note(change) {
					journal = { ...journal, ...change };
					const notes = await place.getFileHandle(journalName, { create: true });
					const writing = await notes.createWritable({ keepExistingData: true });
					const position = (sequence % 2) * journalSlotBytes;
					await writing.write({ type: "write", position, data: encodeSlot(journal, sequence) });
					await writing.close();
					sequence++;
				},
				file: async () => audio,
				close: async () => {},
			};
		},
		remove: removeRecording,
	};
}

function refuse(): Promise<never> {
	return Promise.reject(new Error("Nothing is recorded here."));
}
