import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { publishFile } from "../durable/publish-file.ts";
import { systemErrorCode } from "../errors.ts";
import {
	type BreakerMemory,
	type BreakerState,
	readBreakerState,
} from "../transcribe/breaker-state.ts";

/** A service that answers is not written down more often than this. */
const restMs = 10_000;

/**
 * Keeps an engine's breaker in `<data>/engines/<name>.json`, for `onwax engine list` and for the
 * next process. Nothing depends on it: where it cannot be read or written, work goes on without.
 * No folder of a library is created for it, only the one inside.
 */
export function engineMemory(dataDir: string, name: string): BreakerMemory {
	const folder = join(dataDir, "engines");
	const path = join(folder, `${name}.json`);
	let written: { state: BreakerState; atMs: number } | null = null;

	async function write(state: BreakerState): Promise<void> {
		try {
			await mkdir(folder, { mode: 0o700 }).catch((error) => {
				if (systemErrorCode(error) !== "EEXIST") throw error;
			});
			await publishFile(path, `${JSON.stringify(state, null, 1)}\n`);
		} catch {
			// A full or read-only disk has its own ways of being noticed.
		}
	}

	return {
		async recall() {
			try {
				return readBreakerState(await readFile(path, "utf8"));
			} catch {
				return null;
			}
		},
		async remember(state) {
			const nowMs = Date.now();
			const sinceMs = nowMs - (written?.atMs ?? 0);
			const isNews = written === null || !sameButForSuccess(written.state, state);
			if (!isNews && sinceMs >= 0 && sinceMs < restMs) return;
			written = { state, atMs: nowMs };
			await write(state);
		},
	};
}

function sameButForSuccess(a: BreakerState, b: BreakerState): boolean {
	return (
		a.openedAt === b.openedAt &&
		a.failures === b.failures &&
		a.lastFailure?.at === b.lastFailure?.at &&
		a.lastFailure?.code === b.lastFailure?.code
	);
}
