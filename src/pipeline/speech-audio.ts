import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../durable/exists.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { requireFreeSpace } from "../durable/volume.ts";
import type { Media } from "../media/media.ts";
import { type Metadata, originalSha256 } from "../recording.ts";
import { bytesPerSample } from "../wav.ts";
import { speechSampleRate } from "./prepare-audio.ts";

/** 16 kHz mono s16le WAVE: what detectors hear, and what windows are cut from. */
export type SpeechAudio = { path: string; durationSeconds: number };

export type SpeechAudioPlace = {
	/** The recording's. */
	folder: string;
	/** Where a decoded file stays until the text is there: a long one takes a while. */
	unfinishedFolder: string;
	/** Kept free on the disk. */
	reserveBytes: number;
};

/**
 * The recording as speech models hear it: its own file where that is so already, else one that is
 * decoded once, and found again by whoever goes on after a crash.
 *
 * @throws ERR_AUDIO_UNREADABLE, ERR_DISK_FULL (retryable), ERR_INTERRUPTED
 */
export async function speechAudio(
	media: Media,
	metadata: Metadata,
	place: SpeechAudioPlace,
	signal: AbortSignal,
): Promise<SpeechAudio> {
	const { audio } = metadata;
	const source = join(place.folder, metadata.audioFile);
	const isSpeech = audio.sampleRate === speechSampleRate && audio.channels === 1;
	if (isSpeech && audio.codec === "pcm_s16le" && audio.mimeType === "audio/wav") {
		const { durationSeconds } = await media.probe(source);
		return { path: source, durationSeconds: durationSeconds ?? 0 };
	}
	const stem = join(place.unfinishedFolder, `audio.${originalSha256(metadata).slice(0, 16)}`);
	const path = `${stem}.wav`;
	if (!(await exists(path))) {
		const expectedBytes = (audio.durationSeconds ?? 0) * speechSampleRate * bytesPerSample;
		await makeFolder(place.unfinishedFolder);
		await requireFreeSpace(place.unfinishedFolder, expectedBytes, place.reserveBytes);
		const target = { container: "wav", sampleRate: speechSampleRate, channels: 1 } as const;
		await media.decode(source, { ...target, outputPath: `${stem}.part` }, { signal });
		await syncData(`${stem}.part`);
		await rename(`${stem}.part`, path);
	}
	const { durationSeconds } = await media.probe(path);
	return { path, durationSeconds: durationSeconds ?? 0 };
}

/** Before it gets its name: a file of zeros after a power cut would pass for silence. */
async function syncData(path: string): Promise<void> {
	const handle = await open(path, "r+");
	try {
		await handle.datasync();
	} finally {
		await handle.close();
	}
}
