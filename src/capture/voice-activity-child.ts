/**
 * The process in which Silero VAD runs: 16 kHz mono s16le comes in on stdin; after every piece a word of four
 * bytes goes out on stdout: the number of samples heard so far (modulo 2³¹), and in the lowest bit whether
 * somebody is speaking. A crash of the native code ends this process only.
 */

import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const windowSamples = 512;
const sampleRate = 16_000;

/** A detector gathers what belongs to one stretch of speech: a talk without a pause is to fit in memory. */
const longestStretchSamples = 30 * sampleRate;

type Vad = {
	acceptWaveform(samples: Float32Array): void;
	isEmpty(): boolean;
	pop(): void;
	isDetected(): boolean;
	reset(): void;
};

const require = createRequire(import.meta.url);
const { Vad } = require("sherpa-onnx-node") as {
	Vad: new (config: object, bufferSeconds: number) => Vad;
};
/** The model comes with decibri (MIT), which has no export for it. */
const model = join(dirname(require.resolve("decibri")), "..", "models", "silero_vad.onnx");
const vad = new Vad(
	{
		sileroVad: {
			model,
			threshold: 0.5,
			minSpeechDuration: 0.1,
			minSilenceDuration: 0.25,
			maxSpeechDuration: 3600,
			windowSize: windowSamples,
		},
		sampleRate,
		numThreads: 1,
		debug: false,
	},
	60,
);

const window = new Float32Array(windowSamples);
const answer = new Uint32Array(1);
let filled = 0;
let lowByte: number | null = null;
let heardSamples = 0;
let stretchSamples = 0;

function hear(sample: number): void {
	window[filled++] = sample / 32768;
	if (filled < windowSamples) return;
	filled = 0;
	vad.acceptWaveform(window);
	while (!vad.isEmpty()) vad.pop();
	stretchSamples = vad.isDetected() ? stretchSamples + windowSamples : 0;
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
