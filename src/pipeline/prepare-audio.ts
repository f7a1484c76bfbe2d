import { rm, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { OnwaxError } from "../errors.ts";
import type { Media } from "../media/media.ts";
import type { Metadata } from "../recording.ts";
import type { AudioInput } from "../transcribe/engine.ts";

export type PreparedAudio = { path: string; remove(): Promise<void> };

/** Speech loses nothing below this rate, and no recognizer here asks for more. */
const speechSampleRate = 16_000;

/**
 * Gives an engine the kind of file it asks for: the recording's own where that fits, else a
 * converted one in `scratchFolder`, which the caller removes.
 *
 * @throws ERR_AUDIO_UNREADABLE, ERR_ENGINE_TOO_LARGE
 */
export async function prepareAudio(
	media: Media,
	folder: string,
	metadata: Metadata,
	input: AudioInput,
	scratchFolder: string,
	signal: AbortSignal,
): Promise<PreparedAudio> {
	const path = join(folder, metadata.audioFile);
	const { size } = await stat(path);
	if (fits(metadata, size, input)) return { path, remove: async () => {} };
	const container = input.container === "wav" ? "wav" : "ogg-opus";
	const outputPath = join(scratchFolder, `${metadata.name}.${container === "wav" ? "wav" : "ogg"}`);
	const remove = () => rm(outputPath, { force: true });
	const target = {
		outputPath,
		container,
		sampleRate: input.sampleRate ?? speechSampleRate,
		channels: input.channels ?? 1,
	} as const;
	const { sizeBytes } = await media.decode(path, target, { signal });
	if (input.maxBytes !== null && sizeBytes > input.maxBytes) {
		await remove();
		throw new OnwaxError(
			"ERR_ENGINE_TOO_LARGE",
			`The engine takes ${mebibytes(input.maxBytes)} MiB at most; this is ${mebibytes(sizeBytes)} MiB even as Opus.`,
			{ hint: "Choose another engine with `onwax transcribe REC --engine NAME`." },
		);
	}
	return { path: outputPath, remove };
}

function fits({ audioFile, audio }: Metadata, sizeBytes: number, input: AudioInput): boolean {
	if (input.maxBytes !== null && sizeBytes > input.maxBytes) return false;
	if (input.sampleRate !== null && input.sampleRate !== audio.sampleRate) return false;
	if (input.channels !== null && input.channels !== audio.channels) return false;
	const extension = extname(audioFile).slice(1);
	switch (input.container) {
		case "any":
			return input.extensions === null || input.extensions.includes(extension);
		case "wav":
			return extension === "wav" && audio.codec === "pcm_s16le";
		case "ogg-opus":
			return (extension === "ogg" || extension === "opus") && audio.codec === "opus";
	}
}

function mebibytes(bytes: number): number {
	return Math.ceil(bytes / 2 ** 20);
}
