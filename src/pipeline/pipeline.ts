import type { JobsDatabase, NewJob } from "../jobs/queue.ts";
import { enqueue } from "../jobs/queue.ts";
import type { Metadata } from "../recording.ts";

/**
 * Which event starts which job:
 *
 *   published (import, recovery)   → transcribe, where there can be text
 *   transcribed                    → compress, else peaks
 *   retried by a person            → transcribe
 *
 * `compress` makes the peaks in the same pass over the samples where it is FLAC.
 */
export type PipelineSettings = { compress: "flac" | "opus" | "none"; peaks: boolean };

export const peaksFilename = "peaks.bin";

export function jobsAfterPublish(metadata: Metadata): NewJob[] {
	if (metadata.state !== "pending" || metadata.deletedAt !== null) return [];
	return [{ recording: metadata.name, kind: "transcribe" }];
}

export function jobsAfterTranscript(metadata: Metadata, settings: PipelineSettings): NewJob[] {
	const recording = metadata.name;
	if (settings.compress !== "none" && isCompressible(metadata)) {
		return [{ recording, kind: "compress", parameters: { format: settings.compress } }];
	}
	return settings.peaks && !metadata.files[peaksFilename] ? [{ recording, kind: "peaks" }] : [];
}

/** Only plain WAV is compressed: whatever else came in is compressed already, or kept as it is. */
export function isCompressible(metadata: Metadata): boolean {
	return metadata.original === null && metadata.audioFile === "audio.wav";
}

export async function enqueueAll(
	db: JobsDatabase,
	recordings: readonly Metadata[],
	jobsFor: (metadata: Metadata) => NewJob[],
): Promise<void> {
	await enqueue(db, recordings.flatMap(jobsFor));
}
