import type { JobsDatabase, NewJob } from "../jobs/queue.ts";
import { enqueue } from "../jobs/queue.ts";
import type { Metadata } from "../recording.ts";
import { speakersFilename } from "../speakers/speakers-file.ts";

/**
 * Which event starts which job:
 *
 *   published (import, recovery)   → transcribe, where there can be text
 *   transcribed                    → compress, else peaks; chat, where that is switched on;
 *                                    speakers, where their models are there
 *   retried by a person            → transcribe
 *
 * `compress` makes the peaks in the same pass over the samples where it is FLAC.
 */
export type PipelineSettings = {
	compress: "flac" | "opus" | "none";
	peaks: boolean;
	/** Whether a chat model adds to new texts; not, where nothing is said. */
	chat?: boolean;
	/** Whether new texts are to say who speaks; not, where nothing is said. */
	speakers?: boolean;
};

export const peaksFilename = "peaks.bin";

/** @param parameters of the transcription: hints, and whose request it was */
export function jobsAfterPublish(
	metadata: Metadata,
	parameters: Record<string, string> = {},
): NewJob[] {
	if (metadata.state !== "pending" || metadata.deletedAt !== null) return [];
	return [{ recording: metadata.name, kind: "transcribe", parameters }];
}

export function jobsAfterTranscript(metadata: Metadata, settings: PipelineSettings): NewJob[] {
	const recording = metadata.name;
	const chat: NewJob[] = settings.chat ? [{ recording, kind: "chat" }] : [];
	const isApart = !settings.speakers || metadata.files[speakersFilename] !== undefined;
	const speakers: NewJob[] = isApart ? [] : [{ recording, kind: "speakers" }];
	if (settings.compress !== "none" && isCompressible(metadata)) {
		const parameters = { format: settings.compress };
		return [{ recording, kind: "compress", parameters }, ...speakers, ...chat];
	}
	const isDrawn = !settings.peaks || metadata.files[peaksFilename] !== undefined;
	return [...(isDrawn ? [] : [{ recording, kind: "peaks" } as const]), ...speakers, ...chat];
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
	await enqueue(
		db,
		recordings.flatMap((metadata) => jobsFor(metadata)),
	);
}
