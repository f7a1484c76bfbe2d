import { createRequire } from "node:module";

/**
 * As much of sherpa-onnx-node as is used, typed. It is CommonJS, and it is native: only processes
 * that may die call `loadSherpa`.
 */
export type Sherpa = {
	Vad: new (config: object, bufferSeconds: number) => Vad;
	OfflineRecognizer: { createAsync(config: object): Promise<OfflineRecognizer> };
	OfflineSpeakerDiarization: new (config: object) => OfflineSpeakerDiarization;
};

export type Vad = {
	acceptWaveform(samples: Float32Array): void;
	isEmpty(): boolean;
	pop(): void;
	isDetected(): boolean;
	reset(): void;
};

type OfflineStream = {
	acceptWaveform(wave: { samples: Float32Array; sampleRate: number }): void;
};

/** Lists run in parallel with `tokens`; empty where the model gives no such thing. */
export type OfflineResult = {
	text: string;
	lang?: string;
	tokens?: string[];
	timestamps?: number[];
	durations?: number[];
	segment_timestamps?: number[];
	segment_durations?: number[];
	segment_texts?: string[];
};

export type OfflineRecognizer = {
	/** @param hotwords phrases with `/` between them */
	createStream(hotwords?: string): OfflineStream;
	/** Works in a thread of its own; several at once share the loaded model. */
	decodeAsync(stream: OfflineStream): Promise<OfflineResult>;
};

export type OfflineSpeakerDiarization = {
	/** Blocks until it is done. */
	process(samples: Float32Array): { start: number; end: number; speaker: number }[];
};

const require = createRequire(import.meta.url);

export function loadSherpa(): Sherpa {
	return require("sherpa-onnx-node") as Sherpa;
}
