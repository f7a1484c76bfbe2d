import { rungsOf } from "../app/ladder.ts";
import {
	audioFileFacts,
	originalSha256,
	type Recording,
	shelfOf,
	statusOf,
	type TranscriptText,
} from "../recording.ts";
import type { RecordingDetail, RecordingSummary } from "./contract/recording.ts";

/** How much of a text a list shows. */
export const textStartCharacters = 200;

export function summaryJson({ metadata, transcript }: Recording): RecordingSummary {
	const { audio, transcription } = metadata;
	return {
		id: metadata.id,
		name: metadata.name,
		revision: metadata.revision,
		state: metadata.state,
		status: statusOf(metadata),
		shelf: shelfOf(metadata),
		title: metadata.title,
		tags: metadata.tags,
		source: metadata.source,
		originalFilename: metadata.originalFilename,
		createdAt: metadata.createdAt,
		modifiedAt: metadata.modifiedAt,
		durationSeconds: audio.durationSeconds,
		sizeBytes: audioFileFacts(metadata).sizeBytes,
		textStart: textStart(transcript),
		engine: transcription?.engine ?? null,
		coverage: transcription?.coverage ?? null,
		error: metadata.error,
		ladder: rungsOf(metadata),
	};
}

export function detailJson(recording: Recording): RecordingDetail {
	const { metadata, transcript } = recording;
	const { audio, transcription } = metadata;
	return {
		...summaryJson(recording),
		description: metadata.description,
		mimeType: audio.mimeType,
		codec: audio.codec,
		sampleRate: audio.sampleRate,
		channels: audio.channels,
		sha256: audioFileFacts(metadata).sha256,
		originalSha256: originalSha256(metadata),
		transcript: transcript && {
			engine: transcription?.engine ?? null,
			model: transcription?.model ?? null,
			language: transcription?.language ?? null,
			text: transcript.text,
			originalText: transcript.originalText,
			fallback: transcription?.fallback ?? null,
		},
		events: metadata.events,
		files: metadata.files,
	};
}

function textStart(transcript: TranscriptText | null): string | null {
	if (transcript === null) return null;
	const start = transcript.text.slice(0, textStartCharacters);
	// A letter of two units is not cut in half.
	return /[\ud800-\udbff]$/.test(start) ? start.slice(0, -1) : start;
}
