import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const pauseMs = 50;

export type WatchedDisk = {
	/** The longest time that a small write and its sync took since this was asked last; one that still waits counts. */
	slowestSyncMs(): number;
};

/** A writer beside the one under test: what the machine's disk takes for a sync, nobody can promise to beat. */
export async function watchDisk(t: TestContext): Promise<WatchedDisk> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-disk-"));
	const file = await open(join(folder, "synced"), "w");
	let isOver = false;
	let begunMs = performance.now();
	let isWaiting = false;
	let slowestMs = 0;
	const watching = (async () => {
		while (!isOver) {
			begunMs = performance.now();
			isWaiting = true;
			await file.write(Buffer.alloc(4096), 0, 4096, 0);
			await file.sync();
			isWaiting = false;
			slowestMs = Math.max(slowestMs, performance.now() - begunMs);
			await sleep(pauseMs);
		}
		await file.close();
	})();
	t.after(async () => {
		isOver = true;
		await watching;
		await rm(folder, { recursive: true });
	});
	return {
		slowestSyncMs() {
			const waitingMs = isWaiting ? performance.now() - begunMs : 0;
			const answer = Math.max(slowestMs, waitingMs);
			slowestMs = 0;
			return answer;
		},
	};
}
