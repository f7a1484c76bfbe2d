/**
 * Writes counting frames through a capture log, slowly enough that several syncs fall in between, and
 * makes a recording of them. Run by capture-log.test.ts with ONWAX_FAULT; prints what came of it.
 */
import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { layoutOf, makeLayout } from "../../src/archive/layout.ts";
import { openWriter } from "../../src/archive/writer.ts";
import { beginCapture } from "../../src/capture/begin-capture.ts";
import { toOnwaxError } from "../../src/errors.ts";
import { countingFrames } from "../counting-frames.ts";

const dataDir = process.argv[2] as string;
const blocks = Number(process.argv[3]);
const blockFrames = 400;

await mkdir(dataDir, { recursive: true });
const layout = layoutOf(dataDir);
await makeLayout(layout);
const writer = await openWriter(layout);
const troubles: string[] = [];
const format = { sampleRate: 16_000, channels: 1 };
const fields = { title: null, tags: [], device: null, format };
const capture = await beginCapture(
	writer,
	// A few blocks to a segment, a few syncs to a second.
	{ ...fields, segmentBytes: 20_000, syncEverySeconds: 0.02 },
	{ onTrouble: ({ code }) => troubles.push(code), onTroubleOver: () => troubles.push("over") },
);
process.stdout.write(`${JSON.stringify({ begun: capture.folder })}\n`);
const { log } = capture;
for (let block = 0; block < blocks; block++) {
	log.append(countingFrames(block * blockFrames, blockFrames, 1));
	await sleep(5);
}
let sealed = "sealed";
try {
	await log.seal(1500);
} catch (error) {
	sealed = toOnwaxError(error, "ERR_IO").code;
}
const unsyncedFrames = log.unsynced().reduce((total, { length }) => total + length / 2, 0);
process.stdout.write(
	`${JSON.stringify({ sealed, troubles, syncedFrames: log.syncedFrames, unsyncedFrames })}\n`,
);
// As a killed process would leave it: the test recovers it.
process.kill(process.pid, "SIGKILL");
