import type { EngineOutput } from "../transcript.ts";

/** What kind of file an engine wants to be given; whoever calls it converts the audio to that. */
export type AudioInput = {
	/** `any`: the file as it is, as long as `extensions` and `maxBytes` allow; else Opus in Ogg. */
	container: "wav" | "ogg-opus" | "any";
	/** Hertz; null leaves the rate as it is. */
	sampleRate: number | null;
	/** Null leaves the channels as they are. */
	channels: number | null;
	/** The largest file that the engine takes; null is without limit. */
	maxBytes: number | null;
	/** Longer audio comes in windows of at most so many seconds; null takes any length. */
	maxSeconds: number | null;
	/** With `any`: lower-case file name extensions that are taken as they are; null takes all. */
	extensions: readonly string[] | null;
};

export type TranscribeRequest = {
	/** A file of the kind that `Engine.input` asks for. It is only read. */
	audioPath: string;
	/** Where known, times in the output are clamped to it. */
	durationSeconds: number | null;
	/** The spoken language as a BCP 47 tag; null lets the engine find out. */
	language: string | null;
	/** Names and terms to expect, most wanted first; for engines with `takesVocabulary`. */
	vocabulary?: readonly string[];
	/**
	 * `other` where the usual way left speech without words: the engine hears the same audio in
	 * another way that it has (temperature, decoding method), if it has one.
	 */
	setting?: "usual" | "other";
	/** Nothing else of this recording is asked at the same time: it may have the whole machine. */
	isAlone?: boolean;
	signal: AbortSignal;
};

/** `message` says what was found; `hint` what to do where `ok` is false. */
export type EngineCheck = { ok: boolean; message: string; hint: string | null };

/**
 * Turns audio into a transcript. A driver is one file that exports a factory of this; it is named
 * in `registry.ts` and nowhere else.
 *
 * The contract:
 * - An engine tries once. Retrying (`attempts.ts`) and the circuit breaker (`breaker.ts`) are
 *   outside, in one place for all engines.
 * - `transcribe` is safe to repeat with the same request: it changes nothing here, and leaves no
 *   process, file or connection behind, however it ends. Several calls may run at once.
 * - It fails only with an OnwaxError: ERR_INTERRUPTED as soon as `signal` is aborted, otherwise
 *   ERR_ENGINE or one of ERR_ENGINE_*, or what `toOnwaxError` makes of the system's error where the
 *   audio itself cannot be read. `retryable` must be true exactly where the same request may
 *   succeed later without anybody changing anything; `retryAfterSeconds` where the service said
 *   when. No secret may be in an error, its cause or its message.
 * - It ends by itself: every driver has a time limit (ERR_ENGINE_TIMEOUT).
 * - Silence is legal: an output whose text is empty is a success.
 * - The output went through `cleanEngineOutput`, the one door for text from outside.
 */
export interface Engine {
	/** The key in the configuration, such as `sphinx`. */
	readonly name: string;
	/** The driver, such as `command`. */
	readonly type: string;
	readonly model: string | null;
	readonly input: AudioInput;
	/** How many windows it is given at once. */
	readonly concurrency: number;
	/** Whether a request's `vocabulary` changes what it hears. */
	readonly takesVocabulary: boolean;
	/** Parameters that change the result; part of the key of an engine output. No secrets. */
	readonly parameters: Readonly<Record<string, string>>;
	transcribe(request: TranscribeRequest): Promise<EngineOutput>;
	/** The same, in English whatever was spoken; left out by engines that cannot. */
	translate?(request: TranscribeRequest): Promise<EngineOutput>;
	/** Could it work now? Cheap, sends nothing: the program is found, the key is there. Never throws. */
	check(): Promise<EngineCheck>;
}
