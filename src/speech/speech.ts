import type { Span } from "../transcript.ts";

/**
 * What an ear hears in a recording, before anybody asks for words: for every frame whether somebody
 * speaks, and how loud it is. Two bytes for 32 ms: an hour takes 225 KB.
 */
export type ActivityTrack = {
	/** Such as `silero`. */
	detector: string;
	frameSeconds: number;
	/** 1 where somebody speaks, else 0. */
	speaking: Uint8Array;
	/** RMS in dBFS, rounded; -128 for digital silence. */
	loudnessDbfs: Int8Array;
	durationSeconds: number;
};

/** The kinds of model that the recogniser knows how to load. */
export const modelFamilies = [
	"nemo-ctc",
	"transducer",
	"whisper",
	"moonshine",
	"sense-voice",
] as const;
export type ModelFamily = (typeof modelFamilies)[number];

/** A recognition model on disk; `files` are absolute paths by their role in the family. */
export type RecognitionModel = {
	family: ModelFamily;
	folder: string;
	files: Readonly<Record<string, string>>;
};

export type RecogniseOptions = {
	/** Threads of one recognition. */
	threads: number;
	/** BCP 47; null lets the model find out. Only Whisper and SenseVoice can be told. */
	language: string | null;
	/** `other`: the same sound made as loud as it can be, with silence around it. */
	setting: "usual" | "other";
	/** Hot words, for transducers that came with their `bpe.vocab`. */
	vocabulary: readonly string[];
	timeoutSeconds: number;
	signal: AbortSignal;
};

/** Times in seconds from the start of the file; `endSeconds` of a token may be the next one's start. */
export type RecognisedToken = Span & { text: string };

export type Recognised = {
	text: string;
	/** Empty where the model gives no times. A token that begins a word begins with a space. */
	tokens: RecognisedToken[];
	/** From models that give times of sentences only (Whisper); empty from all others. */
	segments: (Span & { text: string })[];
	language: string | null;
};

/** Who speaks when: `speaker` counts from 0, in the order in which they are first heard. */
export type SpeakerTurn = Span & { speaker: number };

export type DiarisationModels = { segmentation: string; embedding: string };

/**
 * Native speech models, in processes of their own: they may crash, hang or eat memory, and then only
 * those processes die (ERR_ENGINE, retryable; ERR_ENGINE_TIMEOUT). A process stays warm while there is
 * work and for a while after it, and does not keep the program alive. All audio is 16 kHz mono
 * s16le WAV. ERR_INTERRUPTED when the signal is aborted.
 */
export type Speech = {
	/** Whole file, read as a stream: memory does not grow with its length. */
	listen(wavPath: string, options: { signal: AbortSignal }): Promise<ActivityTrack>;
	recognise(
		model: RecognitionModel,
		wavPath: string,
		options: RecogniseOptions,
	): Promise<Recognised>;
	/** @param count how many speakers there are; null finds out */
	diarise(
		models: DiarisationModels,
		wavPath: string,
		options: { count: number | null; signal: AbortSignal },
	): Promise<SpeakerTurn[]>;
	/** For tests and for `doctor`. */
	pids(): number[];
	close(): Promise<void>;
};
