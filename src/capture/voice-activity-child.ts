/**
 * The process in which Silero VAD runs: 16 kHz mono s16le comes in on stdin; after every piece a word of four
 * bytes goes out on stdout: the number of samples heard so far (modulo 2³¹), and in the lowest bit whether
 * somebody is speaking. A crash of the native code ends this process only.
 */

import { writeSync } from "node:fs";
import { openSilero, sileroSampleRate, sileroWindowSamples } from "../speech/silero.ts";

/** A detector gathers what belongs to one stretch of speech: a talk without a pause is to fit in memory. */
const longestStretchSamples = 30 * sileroSampleRate;

const vad = openSilero({ minSpeechSeconds: 0.1, minSilenceSeconds: 0.25 });

const window = new Float32Array(sileroWindowSamples);
const answer = new Uint32Array(1);
let filled = 0;
let lowByte: number | null = null;
let heardSamples = 0;
let stretchSamples = 0;

function hear(sample: number): void {
	window[filled++] = sample / 32768;
	if (filled < sileroWindowSamples) return;
	filled = 0;
	vad.acceptWaveform(window);
	while (!vad.isEmpty()) vad.pop();
	stretchSamples = vad.isDetected() ? stretchSamples + sileroWindowSamples : 0;
	if (stretchSamples < longestStretchSamples) return;
	vad.reset();
	stretchSamples = 0;
}

process.stdin.on("data", (piece: Buffer) => {
	for (const byte of piece) {
		if (lowByte === null) {
			lowByte = byte;
			continue;
		}
		hear(((byte << 24) >> 16) | lowByte);
		lowByte = null;
		heardSamples++;
	}
	answer[0] = heardSamples * 2 + (vad.isDetected() ? 1 : 0);
	try {
		writeSync(1, new Uint8Array(answer.buffer));
	} catch {
		// Nobody is listening any more.
		process.exit(0);
	}
});
process.stdin.on("end", () => process.exit(0));
