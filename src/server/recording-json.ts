import { rungsOf } from "../app/ladder.ts";
import { recordingFacts, textFacts } from "../app/recording-json.ts";
import {
	audioFileFacts,
	originalSha256,
	type Recording,
	shelfOf,
	type TranscriptText,
} from "../recording.ts";
import type { RecordingDetail, RecordingSummary } from "./contract/recording.ts";

/** How much of a text a list shows. */
export const textStartCharacters = 200;

export function summaryJson({ metadata, transcript }: Recording): RecordingSummary {
	const { revision, modifiedAt, transcription } = metadata;
	return {
		...recordingFacts(metadata),
		...{ revision, modifiedAt, shelf: shelfOf(metadata), textStart: textStart(transcript) },
		engine: transcription?.engine ?? null,
		coverage: transcription?.coverage ?? null,
		ladder: rungsOf(metadata),
	};
}

export function detailJson(recording: Recording): RecordingDetail {
	const { metadata } = recording;
	const { description, events, files } = metadata;
	const { mimeType, codec, sampleRate, channels } = metadata.audio;
	return {
		...summaryJson(recording),
		...{ description, mimeType, codec, sampleRate, channels, events, files },
		sha256: audioFileFacts(metadata).sha256,
		originalSha256: originalSha256(metadata),
		transcript: textFacts(recording),
	};
}

function textStart(transcript: TranscriptText | null): string | null {
	if (transcript === null) return null;
	const start = transcript.text.slice(0, textStartCharacters);
	// A letter of two units is not cut in half.
	return /[\ud800-\udbff]$/.test(start) ? start.slice(0, -1) : start;
}
