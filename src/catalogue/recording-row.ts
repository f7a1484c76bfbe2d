import type { Insertable, Selectable } from "kysely";
import { OnwaxError } from "../errors.ts";
import {
	audioFileFacts,
	type Metadata,
	originalSha256,
	type Recording,
	shelfOf,
	statusOf,
} from "../recording.ts";
import type { RecordingsTable } from "./schema.ts";

export type RecordingRow = Omit<Insertable<RecordingsTable>, "seq">;

/** Every column of `recordings` that the recording decides: all but its place in the order. */
export function recordingRow({ metadata, transcript }: Recording): RecordingRow {
	const { audio } = metadata;
	const file = audioFileFacts(metadata);
	return {
		name: metadata.name,
		id: metadata.id,
		shelf: shelfOf(metadata),
		state: metadata.state,
		status: statusOf(metadata),
		title: metadata.title,
		description: metadata.description,
		source: metadata.source,
		original_filename: metadata.originalFilename,
		audio_file: metadata.audioFile,
		sha256: file.sha256,
		original_sha256: originalSha256(metadata),
		size_bytes: file.sizeBytes,
		mime_type: audio.mimeType,
		codec: audio.codec,
		duration_seconds: audio.durationSeconds,
		sample_rate: audio.sampleRate,
		channels: audio.channels,
		bit_depth: audio.bitDepth,
		created_at: metadata.createdAt,
		modified_at: metadata.modifiedAt,
		app_version: metadata.appVersion,
		retention: metadata.retention,
		error_code: metadata.error?.code ?? null,
		error_message: metadata.error?.message ?? null,
		engine: metadata.transcription?.engine ?? null,
		tags: JSON.stringify(metadata.tags),
		text: transcript?.text ?? null,
		original_text:
			transcript === null || transcript.originalText === transcript.text
				? null
				: transcript.originalText,
		speakers: transcript?.speakers ? JSON.stringify(transcript.speakers) : null,
		metadata: JSON.stringify(metadata),
	};
}

/** The columns that give a Recording back, in SQL. */
export const recordingColumns = "metadata, text, original_text, speakers";

export type StoredRecording = Pick<
	Selectable<RecordingsTable>,
	"metadata" | "text" | "original_text" | "speakers"
>;

export function fromRow(row: StoredRecording): Recording {
	const metadata: Metadata = JSON.parse(row.metadata);
	if (row.text === null) return { metadata, transcript: null };
	const { text, original_text, speakers } = row;
	const told = speakers === null ? {} : { speakers: JSON.parse(speakers) };
	return { metadata, transcript: { text, originalText: original_text ?? text, ...told } };
}

const timeInName = /^(\d{4}-\d{2}-\d{2})_(\d{2})-(\d{2})-(\d{2})\.(\d{6})_/;

/**
 * The moment in a recording's name, in microseconds since the epoch: its place in the order.
 *
 * @throws {OnwaxError} ERR_NAME for anything but `YYYY-MM-DD_HH-MM-SS.microseconds_uid6`
 */
export function seqOfName(name: string): number {
	const [, date, hours, minutes, seconds, microseconds] = timeInName.exec(name) ?? [];
	const milliseconds = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
	if (Number.isNaN(milliseconds)) {
		throw new OnwaxError("ERR_NAME", `“${name}” is not the name of a recording.`);
	}
	return milliseconds * 1000 + Number(microseconds);
}
