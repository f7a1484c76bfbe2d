import { Worker } from "node:worker_threads";
import type { HeartbeatMessage, HeartbeatReply } from "./heartbeat-thread.ts";

export type Heartbeat = {
	/** Keeps the lease alive until `stop` is called; `onLost` is told when it is ours no longer. */
	keep(job: { id: number; token: string }, onLost: () => void): { stop(): void };
	close(): Promise<void>;
};

/** Most work is done before its lease has to be prolonged: so long it goes without a thread. */
const threadAfterMs = 1000;

/**
 * Prolongs leases every third of their length, in a thread of its own: work that keeps the main
 * thread busy must not lose its job for that.
 */
export function startHeartbeat(cataloguePath: string, leaseSeconds: number): Heartbeat {
	const lost = new Map<string, () => void>();
	let thread: Worker | null = null;

	function start(): Worker {
		const started = new Worker(new URL("./heartbeat-thread.ts", import.meta.url), {
			workerData: { cataloguePath, leaseSeconds },
		});
		started.unref();
		started.on("message", (reply: HeartbeatReply) => {
			lost.get(reply.lostToken)?.();
			lost.delete(reply.lostToken);
		});
		// Without its heartbeat the job's lease runs out and the fencing token decides: nothing breaks.
		started.on("error", () => {
			thread = null;
		});
		return started;
	}

	const kept = new Map<string, { id: number; token: string }>();
	let starting: NodeJS.Timeout | null = null;
	function startSoon(): void {
		if (thread !== null || starting !== null) return;
		starting = setTimeout(
			() => {
				starting = null;
				thread = start();
				for (const job of kept.values())
					thread.postMessage({ keep: job } satisfies HeartbeatMessage);
			},
			Math.min(threadAfterMs, (leaseSeconds * 1000) / 6),
		);
		starting.unref();
	}

	return {
		keep(job, onLost) {
			lost.set(job.token, onLost);
			kept.set(job.token, job);
			if (thread === null) startSoon();
			else thread.postMessage({ keep: job } satisfies HeartbeatMessage);
			return {
				stop() {
					lost.delete(job.token);
					kept.delete(job.token);
					thread?.postMessage({ drop: job.token } satisfies HeartbeatMessage);
				},
			};
		},
		async close() {
			clearTimeout(starting ?? undefined);
			await thread?.terminate();
			thread = null;
		},
	};
}
