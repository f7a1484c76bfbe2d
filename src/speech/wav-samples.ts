import { open } from "node:fs/promises";
import { readAt } from "../durable/read-at.ts";
import { OnwaxError } from "../errors.ts";
import { bytesPerSample, parseWav } from "../wav.ts";

/** What every model here hears; speech loses nothing below this rate. */
export const speechSampleRate = 16_000;

const headBytes = 64 * 1024;

export type WavSamples = {
	sampleCount: number;
	/** Fills `into` from sample `from` on; the number of samples that were there. */
	read(from: number, into: Int16Array): Promise<number>;
};

/**
 * Opens a 16 kHz mono s16le WAV, and closes it after `use`. The header is read without trusting it.
 */
export async function withSamples<T>(
	path: string,
	use: (wav: WavSamples) => Promise<T>,
): Promise<T> {
	const file = await open(path, "r");
	try {
		const { size } = await file.stat();
		const facts = parseWav(await readAt(file, 0, headBytes), size);
		const fits =
			facts?.encoding === "pcm" &&
			facts.bitDepth === 16 &&
			facts.channels === 1 &&
			facts.sampleRate === speechSampleRate;
		if (!fits)
			throw new OnwaxError("ERR_AUDIO_UNREADABLE", "This is not 16 kHz mono sound in a WAV file.");
		const sampleCount = Math.floor(facts.payloadBytes / bytesPerSample);
		const read = async (from: number, into: Int16Array) => {
			const wanted = Math.max(0, Math.min(into.length, sampleCount - from));
			const at = facts.dataOffset + from * bytesPerSample;
			const bytes = await readAt(file, at, wanted * bytesPerSample);
			const samples = bytes.length >> 1;
			for (let index = 0; index < samples; index++) into[index] = bytes.readInt16LE(index * 2);
			return samples;
		};
		return await use({ sampleCount, read });
	} finally {
		await file.close();
	}
}

/** All of it, from -1 to 1: four bytes of memory for each sample. */
export function readAllSamples(path: string): Promise<Float32Array> {
	return withSamples(path, async ({ sampleCount, read }) => {
		const all = new Float32Array(sampleCount);
		const piece = new Int16Array(speechSampleRate);
		for (let at = 0; at < sampleCount; ) {
			const got = await read(at, piece);
			if (got === 0) return all.subarray(0, at);
			for (let index = 0; index < got; index++) all[at + index] = (piece[index] ?? 0) / 32768;
			at += got;
		}
		return all;
	});
}
