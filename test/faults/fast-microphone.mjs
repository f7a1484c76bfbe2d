// A microphone in which time flies: the counting signal, mono, so many bytes in a second at most, and
// never more than is read.
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const bytesPerSecond = Number(process.argv[2]);
const block = new Int16Array(65_536);
for (let frame = 0; frame < block.length; frame++) block[frame] = frame - 32_768;
const bytes = Buffer.from(block.buffer);
const startedAt = performance.now();
for (let total = 0; ; ) {
	const dueMs = (total / bytesPerSecond) * 1000 - (performance.now() - startedAt);
	if (dueMs > 1) await sleep(dueMs);
	total += writeSync(1, bytes, total % bytes.length);
}
