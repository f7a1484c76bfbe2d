import { bytesPerSample } from "../wav.ts";
import type { SampleFormat } from "./capture.ts";

export const voiceSampleRate = 16_000;

/**
 * Makes 16 kHz mono of whole frames, as a stream: channels are averaged, and so is all that falls into
 * one sample's time. That dulls and aliases a little, which a detector of speech does not mind; nobody
 * is to listen to it.
 */
export function createDownsampler({ sampleRate, channels }: SampleFormat) {
	const perSample = sampleRate / voiceSampleRate;
	const frameLength = channels * bytesPerSample;
	/** Input time that the sample in the making still lacks, in frames, and the sum so far. */
	let lacking = perSample;
	let sum = 0;
	return (frames: Uint8Array): Int16Array => {
		const count = Math.floor(frames.length / frameLength);
		const made = new Int16Array(Math.ceil(count / perSample) + 1);
		let length = 0;
		for (let frame = 0; frame < count; frame++) {
			let mono = 0;
			for (let channel = 0; channel < channels; channel++) {
				const byte = frame * frameLength + channel * bytesPerSample;
				mono += (((frames[byte + 1] as number) << 24) >> 16) | (frames[byte] as number);
			}
			mono /= channels;
			let left = 1;
			while (left >= lacking) {
				made[length++] = (sum + mono * lacking) / perSample;
				left -= lacking;
				lacking = perSample;
				sum = 0;
			}
			sum += mono * left;
			lacking -= left;
		}
		return made.subarray(0, length);
	};
}
