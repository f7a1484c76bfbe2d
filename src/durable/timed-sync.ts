import { observe } from "../observation.ts";

/** A sync whose time is told to whoever counts it, also where it fails. */
export async function timedSync(sync: () => Promise<void>): Promise<void> {
	const startedAt = performance.now();
	try {
		await sync();
	} finally {
		observe({ kind: "sync", seconds: (performance.now() - startedAt) / 1000 });
	}
}
