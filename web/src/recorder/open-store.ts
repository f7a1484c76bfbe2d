import { indexedDbStore } from "./indexeddb-spool.ts";
import { opfsReadingStore } from "./opfs-reading-spool.ts";
import { opfsStore } from "./opfs-spool.ts";
import type { SpoolStore } from "./spool.ts";

/** Where this browser records to: its file system where it has one that a worker can write; else the database. */
export async function openStore(): Promise<SpoolStore> {
	const files = "FileSystemFileHandle" in self ? FileSystemFileHandle.prototype : {};
	const store = "createSyncAccessHandle" in files ? opfsStore() : null;
	return store !== null && (await works(store)) ? store : indexedDbStore();
}

/**
 * Where it may have recorded to before: a newer version of a browser has files where the older one had none,
 * and a store that failed once may work again. They are only brought to their end.
 */
export async function otherStores(used: SpoolStore | null): Promise<SpoolStore[]> {
	const others = [opfsReadingStore(), indexedDbStore()].filter(({ kind }) => kind !== used?.kind);
	const working: SpoolStore[] = [];
	for (const store of others) if (await works(store)) working.push(store);
	return working;
}

/** Private windows of some browsers have the functions and refuse them. */
async function works(store: SpoolStore): Promise<boolean> {
	return store.ids().then(
		() => true,
		() => false,
	);
}
