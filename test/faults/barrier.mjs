// Preloaded into processes that are to start in the same moment: it waits for a file, and only then
// lets the program begin.
import { existsSync } from "node:fs";

const path = process.env.ONWAX_TEST_BARRIER;
const pause = new Int32Array(new SharedArrayBuffer(4));
while (path && !existsSync(path)) Atomics.wait(pause, 0, 0, 1);
