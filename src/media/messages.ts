import type { AudioFacts, FileFacts, OriginalAudio } from "../recording.ts";

/** What the program asks of a media child and what comes back, over the IPC of `fork`. */

/** What `probe` says: the facts, and the container's short name (`wav`, `mp4`, `ogg`, …). */
export type ProbeFacts = AudioFacts & { container: string };

export type DecodeTarget = {
	outputPath: string;
	container: "wav" | "ogg-opus" | "flac";
	/** Hz. Opus takes 8000, 12000, 16000, 24000 and 48000. */
	sampleRate: number;
	channels: number;
	/** Bits per second, of Opus; by default 24 000 for each channel. */
	bitRate?: number;
	/** Only this stretch, and nothing before it is decoded where the format can be sought in. */
	span?: { startSeconds: number; endSeconds: number };
};

export type DecodeResult = { durationSeconds: number; sizeBytes: number };

export type PeaksTarget = {
	outputPath: string;
	/** Checksum of the original audio that the peaks are made from (D1.12). */
	sourceSha256: string;
};

export type PeaksResult = { durationSeconds: number; file: FileFacts };

export type CompressTarget = {
	format: "flac" | "opus";
	outputPath: string;
	/** Where to write the peaks as well, in the same pass over the samples (FLAC only). */
	alsoPeaksPath?: string;
	/** Bits per second, of Opus; by default 48 000 for each channel. */
	bitRate?: number;
};

export type Compressed = {
	kept: null;
	/** What the new file sounds like. */
	audio: AudioFacts;
	file: FileFacts;
	/** The file as it came in, with what rebuilds it byte for byte where nothing was lost. */
	original: OriginalAudio;
	peaks: FileFacts | null;
};

/** `kept` says in a sentence why the original has to stay as it is; then no file was written. */
export type CompressResult = { kept: string } | Compressed;

export type RebuildSource = {
	headerBase64: string;
	trailerBase64: string;
	bitDepth: number;
};

export type MediaRequest =
	| { verb: "probe"; path: string }
	| { verb: "decode"; path: string; target: DecodeTarget }
	| { verb: "peaks"; path: string; target: PeaksTarget }
	| { verb: "compress"; path: string; target: CompressTarget }
	| { verb: "rebuildWav"; path: string; source: RebuildSource; outputPath: string };

export type MediaResults = {
	probe: ProbeFacts;
	decode: DecodeResult;
	peaks: PeaksResult;
	compress: CompressResult;
	rebuildWav: FileFacts;
};

/** How far the work is; `totalSeconds` is null while nobody knows. */
export type Progress = { doneSeconds: number; totalSeconds: number | null };
