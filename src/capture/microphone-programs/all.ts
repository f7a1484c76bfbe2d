import type { MicrophoneProgram } from "../microphone-program.ts";
import { arecord } from "./arecord.ts";
import { decibri } from "./decibri.ts";
import { parec } from "./parec.ts";

/** The programs to try on this platform, in this order. */
export function microphonePrograms(platform: string = process.platform): MicrophoneProgram[] {
	return platform === "linux" ? [parec, arecord, decibri] : [decibri];
}
