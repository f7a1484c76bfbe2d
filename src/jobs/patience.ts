import type { JobKind } from "../job.ts";

/** How long somebody waits for work that can as well be done later. */
export type Patience = {
	kinds: readonly JobKind[];
	/** Counted while nothing else is left to wait for. */
	seconds: number;
	/** The time is over: what runs of these kinds is given back to the queue, and none is begun. */
	onOver: () => void;
};

const lookEveryMs = 100;

/**
 * Calls `end` once, when `isOnlyThisLeft` has held without a break for as long as patience lasts.
 *
 * @returns what stops the watching
 */
export function watchPatience(
	{ seconds, onOver }: Patience,
	isOnlyThisLeft: () => Promise<boolean>,
	end: () => void,
): () => void {
	let sinceMs: number | null = null;
	let stopped = false;
	let timer: NodeJS.Timeout | null = null;
	const look = async () => {
		// A look that fails says nothing: the lanes meet the same failure, and tell it.
		const isLeft = await isOnlyThisLeft().catch(() => false);
		if (stopped) return;
		const nowMs = performance.now();
		sinceMs = isLeft ? (sinceMs ?? nowMs) : null;
		if (sinceMs !== null && nowMs - sinceMs >= seconds * 1000) {
			end();
			onOver();
			return;
		}
		timer = setTimeout(() => void look(), Math.min(lookEveryMs, seconds * 1000));
	};
	void look();
	return () => {
		stopped = true;
		if (timer !== null) clearTimeout(timer);
	};
}
