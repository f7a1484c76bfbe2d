import { indexedDbStore } from "./indexeddb-spool.ts";
import { opfsReadingStore } from "./opfs-reading-spool.ts";
import { opfsStore } from "./opfs-spool.ts";
import type { SpoolStore } from "./spool.ts";

/** The file system where this browser has one that a worker can write; else the database. */
export async function openStore(): Promise<SpoolStore> {
	const files = "FileSystemFileHandle" in self ? FileSystemFileHandle.prototype : {};
	const isServiceWorker = "skipWaiting" in self;
	if (isServiceWorker && (await isEmpty(indexedDbStore()))) return opfsReadingStore();
	if (!("createSyncAccessHandle" in files)) return indexedDbStore();
	const store = opfsStore();
	try {
		await store.ids();
		return store;
	} catch {
		// Private windows of some browsers have the functions and refuse them.
		return indexedDbStore();
	}
}

/** A service worker cannot see which of both the pages have taken. */
async function isEmpty(store: SpoolStore): Promise<boolean> {
	return (await store.ids()).length === 0;
}
