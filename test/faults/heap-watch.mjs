// Preloaded into a recorder: writes down once a second how much of the heap is left when all garbage has
// been collected. What the system says of a process's memory goes up and down with the allocator's moods.
import { appendFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const path = process.env.ONWAX_TEST_HEAP_LOG;
if (path && process.argv.includes("record")) {
	setFlagsFromString("--expose-gc");
	const collect = runInNewContext("gc");
	setInterval(() => {
		collect();
		appendFileSync(path, `${process.memoryUsage().heapUsed}\n`);
	}, 1000).unref();
}
