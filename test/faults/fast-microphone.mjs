// A microphone that does not wait for time to pass: the counting signal, mono, as fast as it is read.
import { writeSync } from "node:fs";

const block = new Int16Array(65_536 * 8);
for (let frame = 0; frame < block.length; frame++) block[frame] = (frame % 65_536) - 32_768;
const bytes = Buffer.from(block.buffer);
for (let at = 0; ; at = (at + writeSync(1, bytes, at)) % bytes.length);
