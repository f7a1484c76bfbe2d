import { join } from "node:path";
import { type Layout, recordingFolder } from "../archive/layout.ts";
import {
	audioFileFacts,
	type CoverageFacts,
	type FallbackFacts,
	type Metadata,
	originalSha256,
	type Recording,
	type RecordingErrorFacts,
	type Sha256,
	type Source,
	type State,
	type Status,
	shelfOf,
	statusOf,
} from "../recording.ts";

/** What everybody is told of a recording, on the command line as over HTTP. */
export type RecordingFacts = {
	id: string;
	name: string;
	state: State;
	status: Status;
	title: string | null;
	tags: string[];
	originalFilename: string | null;
	source: Source;
	/** Of the audio file as it lies now. */
	sizeBytes: number;
	durationSeconds: number | null;
	createdAt: string;
	/** Why there is no text, or why the last try for a new one failed. */
	error: RecordingErrorFacts | null;
};

/** The text, and how it came to be. */
export type TextFacts = {
	engine: string | null;
	model: string | null;
	language: string | null;
	text: string;
	originalText: string;
	/** Null where the engine that was wanted answered. */
	fallback: FallbackFacts | null;
};

/** A recording as the command line shows it to programs. */
export type RecordingJson = RecordingFacts & {
	description: string | null;
	/** Absolute path of the audio file as it lies now; `sha256` and `sizeBytes` are that file's. */
	path: string;
	sha256: Sha256;
	/** Of the audio as it came in; the same as `sha256` until it is compressed. */
	originalSha256: Sha256;
	mimeType: string;
	sampleRate: number | null;
	channels: number | null;
	/** `coverage`: how much of what was spoken has words; null where nobody could judge it. */
	transcript: (TextFacts & { coverage: CoverageFacts | null }) | null;
};

export function recordingFacts(metadata: Metadata): RecordingFacts {
	const { id, name, state, title, tags, originalFilename, source, createdAt, error } = metadata;
	return {
		...{ id, name, state, status: statusOf(metadata), title, tags, originalFilename, source },
		sizeBytes: audioFileFacts(metadata).sizeBytes,
		durationSeconds: metadata.audio.durationSeconds,
		...{ createdAt, error },
	};
}

export function textFacts({ metadata, transcript }: Recording): TextFacts | null {
	if (transcript === null) return null;
	const { engine = null, model = null, language = null } = metadata.transcription ?? {};
	const { text, originalText } = transcript;
	const fallback = metadata.transcription?.fallback ?? null;
	return { engine, model, language, text, originalText, fallback };
}

export function recordingJson(layout: Layout, recording: Recording): RecordingJson {
	const { metadata } = recording;
	const { mimeType, sampleRate, channels } = metadata.audio;
	const text = textFacts(recording);
	return {
		...recordingFacts(metadata),
		description: metadata.description,
		path: audioPath(layout, recording),
		sha256: audioFileFacts(metadata).sha256,
		originalSha256: originalSha256(metadata),
		...{ mimeType, sampleRate, channels },
		transcript: text && { ...text, coverage: metadata.transcription?.coverage ?? null },
	};
}

/** Absolute path of the audio file as it lies now. */
export function audioPath(layout: Layout, { metadata }: Recording): string {
	return join(recordingFolder(layout, shelfOf(metadata), metadata.name), metadata.audioFile);
}
