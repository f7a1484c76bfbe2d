import type { Journal } from "./journal.ts";
import type { RecordingEvent } from "./notice-events.ts";
import type { Spool, SpoolStore } from "./spool.ts";

const databaseName = "onwax-recordings";
const journals = "journals";
const sounds = "sounds";

/** `[id, offset]` is the key: what was flushed at once lies together, one piece after the other. */
type Piece = { id: string; offset: number; bytes: Uint8Array<ArrayBuffer> };
/** In front of the sound, where no piece can be. */
const eventsOffset = -1;
type Events = { id: string; offset: typeof eventsOffset; events: RecordingEvent[] };

/** Where there is no file system for pages, or none for workers: what was flushed is what a dead tab leaves. */
export function indexedDbStore(): SpoolStore {
	let opened: Promise<IDBDatabase> | null = null;
	const database = () => {
		// One that failed, or that the browser has closed, is opened again.
		opened ??= openDatabase(forget).catch((error: unknown) => {
			forget();
			throw error;
		});
		return opened;
	};
	const forget = () => {
		opened = null;
	};
	return {
		kind: "indexeddb",
		async ids() {
			const keys = await asked(
				(await database()).transaction(journals).objectStore(journals).getAllKeys(),
			);
			return keys.map(String).sort();
		},
		async create(journal, header) {
			const spool = openPieces(await database(), journal, 0, []);
			await spool.append(header);
			await spool.note({});
			await spool.flush();
			return spool;
		},
		async open(id) {
			const db = await database();
			const reading = db.transaction([journals, sounds]);
			const journal = await asked<Journal | undefined>(reading.objectStore(journals).get(id));
			if (journal === undefined) return null;
			const last = await lastPiece(db, id);
			// Its header goes with the first piece: without one there is no sound.
			if (last === null) return null;
			const store = db.transaction(sounds).objectStore(sounds);
			const noted = await asked<Events | undefined>(store.get([id, eventsOffset]));
			return openPieces(db, journal, last.offset + last.bytes.length, noted?.events ?? []);
		},
		async remove(id) {
			const removing = (await database()).transaction([journals, sounds], "readwrite", strict);
			removing.objectStore(sounds).delete(piecesOf(id));
			removing.objectStore(sounds).delete([id, eventsOffset]);
			removing.objectStore(journals).delete(id);
			await done(removing);
		},
	};
}

function openPieces(
	db: IDBDatabase,
	journalThen: Journal,
	size: number,
	events: RecordingEvent[],
): Spool {
	let journal = journalThen;
	let flushedBytes = size;
	let sizeBytes = size;
	let waiting: Uint8Array<ArrayBuffer>[] = [];
	const piecesFrom = async (offset: number) => {
		const end = [journal.id, offset];
		// The piece that the offset lies in may begin before it.
		const before = IDBKeyRange.bound([journal.id, 0], end);
		const store = db.transaction(sounds).objectStore(sounds);
		const first = await asked(store.openKeyCursor(before, "prev"));
		return (first?.primaryKey as [string, number] | undefined)?.[1] ?? 0;
	};
	const read = async (offset: number, lengthBytes: number) => {
		const end = Math.max(offset, Math.min(offset + lengthBytes, sizeBytes));
		const bytes = new Uint8Array(end - offset);
		let at = flushedBytes;
		for (const piece of waiting) {
			copyPart(bytes, offset, { offset: at, bytes: piece });
			at += piece.length;
		}
		if (bytes.length === 0 || offset >= flushedBytes) return bytes;
		const range = IDBKeyRange.bound(
			[journal.id, await piecesFrom(offset)],
			[journal.id, end],
			false,
			true,
		);
		const store = db.transaction(sounds).objectStore(sounds);
		for (const piece of await asked<Piece[]>(store.getAll(range))) copyPart(bytes, offset, piece);
		return bytes;
	};
	const flush = async () => {
		if (waiting.length === 0) return flushedBytes;
		const taken = waiting;
		const until = sizeBytes;
		const bytes = new Uint8Array(await new Blob(taken).arrayBuffer());
		const writing = db.transaction(sounds, "readwrite", strict);
		writing
			.objectStore(sounds)
			.put({ id: journal.id, offset: flushedBytes, bytes } satisfies Piece);
		await done(writing);
		// Only what is on disk is let go of: a write that failed is tried again with what came since.
		waiting = waiting.slice(taken.length);
		flushedBytes = until;
		return flushedBytes;
	};
	return {
		get journal() {
			return journal;
		},
		get sizeBytes() {
			return sizeBytes;
		},
		async append(bytes) {
			waiting.push(bytes);
			sizeBytes += bytes.length;
		},
		flush,
		read,
		async note(change) {
			journal = { ...journal, ...change };
			const writing = db.transaction(journals, "readwrite", strict);
			writing.objectStore(journals).put(journal);
			await done(writing);
		},
		events,
		async noteEvent(event) {
			events.push(event);
			const writing = db.transaction(sounds, "readwrite", strict);
			const noted: Events = { id: journal.id, offset: eventsOffset, events };
			writing.objectStore(sounds).put(noted);
			await done(writing);
		},
		file: async () => new Blob([await read(0, sizeBytes)]),
		close: async () => {
			await flush();
		},
	};
}

/** What of a piece lies in these bytes, which begin at `offset`. */
function copyPart(bytes: Uint8Array, offset: number, piece: Omit<Piece, "id">): void {
	const from = Math.max(offset, piece.offset);
	const to = Math.min(offset + bytes.length, piece.offset + piece.bytes.length);
	if (from < to)
		bytes.set(piece.bytes.subarray(from - piece.offset, to - piece.offset), from - offset);
}

const strict: IDBTransactionOptions = { durability: "strict" };

async function openDatabase(closed: () => void): Promise<IDBDatabase> {
	const request = indexedDB.open(databaseName, 1);
	request.onupgradeneeded = () => {
		request.result.createObjectStore(journals, { keyPath: "id" });
		request.result.createObjectStore(sounds, { keyPath: ["id", "offset"] });
	};
	const database = await asked(request);
	database.onclose = closed;
	return database;
}

async function lastPiece(db: IDBDatabase, id: string): Promise<Piece | null> {
	const store = db.transaction(sounds).objectStore(sounds);
	const cursor = await asked(store.openCursor(piecesOf(id), "prev"));
	return (cursor?.value as Piece | undefined) ?? null;
}

function piecesOf(id: string): IDBKeyRange {
	return IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]);
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}

/** Only a transaction that is complete is on disk. */
function done(transaction: IDBTransaction): Promise<void> {
	return new Promise((resolve, reject) => {
		transaction.oncomplete = () => resolve();
		transaction.onabort = () => reject(transaction.error);
	});
}
