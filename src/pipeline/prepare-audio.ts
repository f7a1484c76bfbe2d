import { rm, stat } from "node:fs/promises";
import { extname } from "node:path";
import { OnwaxError } from "../errors.ts";
import type { Media } from "../media/media.ts";
import type { AudioFacts } from "../recording.ts";
import { speechSampleRate } from "../speech/wav-samples.ts";
import type { AudioInput } from "../transcribe/engine.ts";

export type PreparedAudio = { path: string; remove(): Promise<unknown> };

/** A file and what can be heard in it. */
export type AudioSource = {
	path: string;
	audio: Pick<AudioFacts, "codec" | "sampleRate" | "channels">;
};

/** 16 kHz mono s16le WAVE: what speech models hear. */
export const speechFacts = { codec: "pcm_s16le", sampleRate: speechSampleRate, channels: 1 };

/**
 * Gives an engine the kind of file it asks for: the source itself where that fits, else a converted
 * one that the caller removes.
 *
 * @param outputStem path of the converted file, without its extension
 * @throws ERR_AUDIO_UNREADABLE, ERR_ENGINE_TOO_LARGE
 */
export async function prepareAudio(
	media: Media,
	source: AudioSource,
	input: Omit<AudioInput, "maxSeconds">,
	outputStem: string,
	signal: AbortSignal,
): Promise<PreparedAudio> {
	const { size } = await stat(source.path);
	if (fits(source, size, input)) return { path: source.path, remove: async () => {} };
	const container = input.container === "wav" ? "wav" : "ogg-opus";
	const outputPath = `${outputStem}.${container === "wav" ? "wav" : "ogg"}`;
	const remove = () => rm(outputPath, { force: true });
	const target = {
		outputPath,
		container,
		sampleRate: input.sampleRate ?? speechSampleRate,
		channels: input.channels ?? 1,
	} as const;
	const { sizeBytes } = await media.decode(source.path, target, { signal });
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

function fits(
	{ path, audio }: AudioSource,
	sizeBytes: number,
	input: Omit<AudioInput, "maxSeconds">,
): boolean {
	if (input.maxBytes !== null && sizeBytes > input.maxBytes) return false;
	if (input.sampleRate !== null && input.sampleRate !== audio.sampleRate) return false;
	if (input.channels !== null && input.channels !== audio.channels) return false;
	const extension = extname(path).slice(1);
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
