import { eachFrame, withAudioInput } from "./av-input.ts";
import { coderSampleBytes, packSamples, type WavBitDepth } from "./pcm.ts";
import type { Beat } from "./progress.ts";
import { unreadable } from "./unreadable.ts";

/**
 * Decodes a FLAC file of ours back to the sample bytes of the WAVE file it was made from. Any
 * damage is ERR_AUDIO_UNREADABLE; nothing is filled in.
 */
export async function decodeFlacToWav(
	path: string,
	bitDepth: WavBitDepth,
	tick: Beat,
	onBytes: (bytes: Buffer) => void,
): Promise<void> {
	const sampleBytes = coderSampleBytes(bitDepth);
	await withAudioInput(path, async (input) => {
		const { sampleRate, channels } = input.stream.codecpar;
		let samples = 0;
		await eachFrame(
			input,
			() => tick(samples / sampleRate),
			(frame) => {
				const bytes = frame.nbSamples * channels * sampleBytes;
				const data = frame.data?.[0];
				if (data === undefined || data.length < bytes || frame.channels !== channels)
					throw unreadable("The FLAC does not decode to samples of the expected layout.");
				samples += frame.nbSamples;
				onBytes(packSamples(data.subarray(0, bytes), bitDepth));
			},
			{ strict: true },
		);
	});
}
