import type { Journal } from "./journal.ts";
import type { RecordingEvent } from "./notice-events.ts";

/** One recording in this browser. Only the holder of its lock opens it. */
export type Spool = {
	readonly journal: Journal;
	/** What was appended. */
	readonly sizeBytes: number;
	/** Hands the bytes to the disk; a tab that dies afterwards loses none of them where that is possible. */
	append(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
	/** @returns how many bytes a power cut would leave */
	flush(): Promise<number>;
	/** Fewer bytes than asked for only at the end. What was appended is read, synced or not. */
	read(offset: number, lengthBytes: number): Promise<Uint8Array<ArrayBuffer>>;
	/** What the guard noted, oldest first. */
	readonly events: readonly RecordingEvent[];
	/** One more of them; durable when it returns. */
	noteEvent(event: RecordingEvent): Promise<void>;
	/** Durable when it returns. */
	note(change: Partial<Omit<Journal, "id" | "version">>): Promise<void>;
	/** All of it as a file for the person. */
	file(): Promise<Blob>;
	close(): Promise<void>;
};

/** Where recordings lie in this browser. */
export type SpoolStore = {
	readonly kind: "opfs" | "indexeddb";
	ids(): Promise<string[]>;
	create(journal: Journal, header: Uint8Array<ArrayBuffer>): Promise<Spool>;
	/** Null: it is gone, or there was never a whole header. */
	open(id: string): Promise<Spool | null>;
	/** The recording has to be closed. */
	remove(id: string): Promise<void>;
};

/** What is known of a recording whose journal is lost: its name tells the time. */
export function journalOfName(id: string, startedAt: string): Journal {
	return {
		...{ version: 1, id, title: "", startedAt, state: "recording" },
		...{ uploadUrl: null, uploadedTitle: null, mismatches: 0 },
	};
}
