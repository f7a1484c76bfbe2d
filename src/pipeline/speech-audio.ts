import { randomBytes } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { namesIn } from "../durable/names-in.ts";
import { requireFreeSpace } from "../durable/volume.ts";
import type { Media } from "../media/media.ts";
import { type Metadata, originalSha256 } from "../recording.ts";
import { speechSampleRate } from "../speech/wav-samples.ts";
import { bytesPerSample } from "../wav.ts";

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
	const kept = await keptFile(place.unfinishedFolder, metadata);
	const path = kept ?? (await decode(media, metadata, source, place, signal));
	const { durationSeconds } = await media.probe(path);
	return { path, durationSeconds: durationSeconds ?? 0 };
}

/** Whoever decodes for the same recording at the same time has a file of their own until it is whole. */
async function decode(
	media: Media,
	metadata: Metadata,
	source: string,
	place: SpeechAudioPlace,
	signal: AbortSignal,
): Promise<string> {
	const folder = place.unfinishedFolder;
	await makeFolder(folder);
	const expectedBytes = (metadata.audio.durationSeconds ?? 0) * speechSampleRate * bytesPerSample;
	await requireFreeSpace(folder, expectedBytes, place.reserveBytes);
	const part = join(folder, `${stemOf(metadata)}.${randomBytes(4).toString("hex")}.part`);
	const target = { container: "wav", sampleRate: speechSampleRate, channels: 1 } as const;
	try {
		const { sizeBytes } = await media.decode(source, { ...target, outputPath: part }, { signal });
		await syncData(part);
		const path = join(folder, `${stemOf(metadata)}.${sizeBytes}.wav`);
		await rename(part, path);
		return path;
	} catch (error) {
		await rm(part, { force: true });
		throw error;
	}
}

/** One that was decoded before. Its name says how long it is: a piece of it does not pass for the whole. */
async function keptFile(folder: string, metadata: Metadata): Promise<string | null> {
	const stem = `${stemOf(metadata)}.`;
	for (const name of await namesIn(folder)) {
		if (!name.startsWith(stem) || !name.endsWith(".wav")) continue;
		const path = join(folder, name);
		if ((await stat(path)).size === Number(name.slice(stem.length, -".wav".length))) return path;
	}
	return null;
}

function stemOf(metadata: Metadata): string {
	return `audio.${originalSha256(metadata).slice(0, 16)}`;
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
