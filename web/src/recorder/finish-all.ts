import { finishRecording } from "./finish-recording.ts";
import { withLockNow } from "./lock.ts";
import { isGone } from "./messages.ts";
import type { SpoolStore } from "./spool.ts";

/**
 * One try at everything that is unfinished and that no tab has, for the service worker: it may not live long.
 *
 * @throws where something is left, so that the browser asks again later
 */
export async function finishAll(stores: SpoolStore[]): Promise<void> {
	let left = 0;
	for (const store of stores)
		for (const id of await store.ids()) {
			// One that cannot be opened keeps no other one waiting; one that a tab has may be left by it.
			const isDone = await withLockNow(id, () => finishOne(store, id)).catch(() => false);
			if (!isDone) left++;
		}
	if (left > 0) throw new Error(`${left} recordings are still on their way.`);
}

/** False: something of it is still here. */
async function finishOne(store: SpoolStore, id: string): Promise<boolean> {
	const spool = await store.open(id);
	if (spool === null) return true;
	if (spool.journal.state === "recording") await spool.note({ state: "cut" }).catch(() => {});
	let isDone = false;
	let stop = () => {};
	await finishRecording(store, spool, {
		endedBecause: null,
		held: (held) => {
			stop = held.stop;
		},
		changed: (recording) => {
			if (isGone(recording)) isDone = true;
			if (recording.trouble !== null) stop();
		},
	});
	return isDone;
}
