import { finishRecording } from "./finish-recording.ts";
import { openStore } from "./open-store.ts";

/**
 * One try at everything that is unfinished and that no tab has, for the service worker: it may not live long.
 *
 * @throws where something is left, so that the browser asks again later
 */
export async function finishAll(): Promise<void> {
	const store = await openStore();
	let left = 0;
	for (const id of await store.ids()) {
		await navigator.locks.request(`onwax-recording:${id}`, { ifAvailable: true }, async (lock) => {
			const spool = lock === null ? null : await store.open(id);
			if (spool === null) return;
			if (spool.journal.state === "recording") await spool.note({ state: "cut" });
			const result: { isKept: boolean; stop: () => void } = { isKept: false, stop: () => {} };
			await finishRecording(store, spool, {
				endedBecause: null,
				held: ({ stop }) => {
					result.stop = stop;
				},
				changed: ({ phase, trouble }) => {
					if (phase === "kept" || phase === "empty") result.isKept = true;
					if (trouble !== null) result.stop();
				},
			});
			if (!result.isKept) left++;
		});
	}
	if (left > 0) throw new Error(`${left} recordings are still on their way.`);
}
