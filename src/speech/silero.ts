import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { loadSherpa, type Vad } from "./sherpa-native.ts";

/** Silero judges so much at a time. */
export const sileroWindowSamples = 512;
export const sileroSampleRate = 16_000;

/**
 * A voice activity detector in this process.
 *
 * @param limits how long speech must last to be told, and silence to end it. Not zero: the library
 *   takes that for its own default
 */
export function openSilero(limits: { minSpeechSeconds: number; minSilenceSeconds: number }): Vad {
	const require = createRequire(import.meta.url);
	/** The model comes with decibri (MIT), which has no export for it. */
	const model = join(dirname(require.resolve("decibri")), "..", "models", "silero_vad.onnx");
	const { Vad } = loadSherpa();
	return new Vad(
		{
			sileroVad: {
				model,
				threshold: 0.5,
				minSpeechDuration: limits.minSpeechSeconds,
				minSilenceDuration: limits.minSilenceSeconds,
				maxSpeechDuration: 3600,
				windowSize: sileroWindowSamples,
			},
			sampleRate: sileroSampleRate,
			numThreads: 1,
			debug: false,
		},
		60,
	);
}
