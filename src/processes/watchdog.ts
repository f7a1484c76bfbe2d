/**
 * A thread beside native code, which cannot look up from its work: ends the process when it takes
 * too much memory, or when the program that started it is gone.
 */
import { workerData } from "node:worker_threads";
import { memorySignal } from "./messages.ts";

const intervalMs = 50;

if (workerData !== null) {
	const { maxRssBytes, parentPid } = workerData as {
		/** Null where there is no limit. */
		maxRssBytes: number | null;
		parentPid: number;
	};
	const never = new Int32Array(new SharedArrayBuffer(4));
	for (;;) {
		Atomics.wait(never, 0, 0, intervalMs);
		if (maxRssBytes !== null && process.memoryUsage.rss() > maxRssBytes)
			process.kill(process.pid, memorySignal);
		if (process.ppid !== parentPid) process.kill(process.pid, "SIGKILL");
	}
}
