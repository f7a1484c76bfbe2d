import { join } from "node:path";
import { type Layout, recordingFolder } from "../archive/layout.ts";
import {
	audioFileFacts,
	type CoverageFacts,
	type FallbackFacts,
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

/** A recording as programs outside see it, on the command line and later over HTTP. */
export type RecordingJson = {
	id: string;
	name: string;
	state: State;
	status: Status;
	title: string | null;
	description: string | null;
	tags: string[];
	originalFilename: string | null;
	source: Source;
	/** Absolute path of the audio file as it lies now; `sha256` and `sizeBytes` are that file's. */
	path: string;
	sha256: Sha256;
	/** Of the audio as it came in; the same as `sha256` until it is compressed. */
	originalSha256: Sha256;
	sizeBytes: number;
	mimeType: string;
	durationSeconds: number | null;
	sampleRate: number | null;
	channels: number | null;
	createdAt: string;
	transcript: {
		engine: string | null;
		model: string | null;
		language: string | null;
		text: string;
		originalText: string;
		/** How much of what was spoken has words; null where nobody could judge it. */
		coverage: CoverageFacts | null;
		/** Null where the engine that was wanted answered. */
		fallback: FallbackFacts | null;
	} | null;
	/** Why there is no text, or why the last try for a new one failed. */
	error: RecordingErrorFacts | null;
};

export function recordingJson(layout: Layout, recording: Recording): RecordingJson {
	const { metadata, transcript } = recording;
	const { audio, transcription } = metadata;
	return {
		id: metadata.id,
		name: metadata.name,
		state: metadata.state,
		status: statusOf(metadata),
		title: metadata.title,
		description: metadata.description,
		tags: metadata.tags,
		originalFilename: metadata.originalFilename,
		source: metadata.source,
		path: audioPath(layout, recording),
		...audioFileFacts(metadata),
		originalSha256: originalSha256(metadata),
		mimeType: audio.mimeType,
		durationSeconds: audio.durationSeconds,
		sampleRate: audio.sampleRate,
		channels: audio.channels,
		createdAt: metadata.createdAt,
		transcript: transcript && {
			engine: transcription?.engine ?? null,
			model: transcription?.model ?? null,
			language: transcription?.language ?? null,
			text: transcript.text,
			originalText: transcript.originalText,
			coverage: transcription?.coverage ?? null,
			fallback: transcription?.fallback ?? null,
		},
		error: metadata.error,
	};
}

/** Absolute path of the audio file as it lies now. */
export function audioPath(layout: Layout, { metadata }: Recording): string {
	return join(recordingFolder(layout, shelfOf(metadata), metadata.name), metadata.audioFile);
}
