import { finishRecording } from "./finish-recording.ts";
import { withLockNow } from "./lock.ts";
import { otherStores } from "./open-store.ts";
import type { SpoolStore } from "./spool.ts";

/**
 * One try at everything that is unfinished and that no tab has, for the service worker: it may not live long.
 *
 * @throws where something is left, so that the browser asks again later
 */
export async function finishAll(): Promise<void> {
	let left = 0;
	for (const store of await otherStores(null))
		for (const id of await store.ids())
			await withLockNow(id, async () => {
				if (!(await finishOne(store, id))) left++;
			});
	if (left > 0) throw new Error(`${left} recordings are still on their way.`);
}

/** False: something of it is still here. */
async function finishOne(store: SpoolStore, id: string): Promise<boolean> {
	const spool = await store.open(id);
	if (spool === null) return true;
	if (spool.journal.state === "recording") await spool.note({ state: "cut" });
	let isDone = false;
	let stop = () => {};
	await finishRecording(store, spool, {
		endedBecause: null,
		held: (held) => {
			stop = held.stop;
		},
		changed: ({ phase, trouble }) => {
			if (phase === "kept" || phase === "empty") isDone = true;
			if (trouble !== null) stop();
		},
	});
	return isDone;
}
