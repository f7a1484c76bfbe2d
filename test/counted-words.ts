/**
 * Sound that stands for words, for tests of what lies between the audio and the engine: word `n` is a square
 * wave whose half period is `n + 2` samples, whatever its loudness. A fake engine reads it back, and a
 * fake ear hears it as speech.
 */
import { readFile, writeFile } from "node:fs/promises";
import type { ActivityTrack, Speech } from "../src/speech/speech.ts";
import type { Span, Word } from "../src/transcript.ts";
import { buildWavHeader } from "../src/wav.ts";

const sampleRate = 16_000;
export const mostWords = 200;

/** Writes `spans[n]` as word `n`; silence elsewhere. */
export async function writeCountedWords(
	path: string,
	spans: readonly Span[],
	durationSeconds: number,
): Promise<void> {
	const samples = new Int16Array(Math.round(durationSeconds * sampleRate));
	for (const [index, { startSeconds, endSeconds }] of spans.entries()) {
		const from = Math.round(startSeconds * sampleRate);
		for (let at = from; at < Math.round(endSeconds * sampleRate); at++)
			samples[at] = Math.floor((at - from) / (index + 2)) % 2 === 0 ? 3000 : -3000;
	}
	const layout = { sampleRate, channels: 1, bitDepth: 16 } as const;
	const header = buildWavHeader({ encoding: "pcm", ...layout, dataBytes: samples.byteLength });
	await writeFile(path, Buffer.concat([header, Buffer.from(samples.buffer)]));
}

/** The words that are in a file, with their times in it. */
export async function readCountedWords(path: string): Promise<Word[]> {
	const samples = await readSamples(path);
	const words: Word[] = [];
	let at = 0;
	while (at < samples.length) {
		if (samples[at] === 0) {
			at++;
			continue;
		}
		const from = at;
		while (at < samples.length && samples[at] !== 0) at++;
		const text = `w${halfPeriod(samples.subarray(from, at)) - 2}`;
		words.push({ text, startSeconds: from / sampleRate, endSeconds: at / sampleRate });
	}
	return words;
}

/** The most frequent length of a run of one sign: the first and the last may be cut off. */
function halfPeriod(wave: Int16Array): number {
	const counts = new Map<number, number>();
	let from = 0;
	for (let at = 1; at <= wave.length; at++) {
		if (at < wave.length && Math.sign(wave[at] ?? 0) === Math.sign(wave[from] ?? 0)) continue;
		counts.set(at - from, (counts.get(at - from) ?? 0) + 1);
		from = at;
	}
	const [best] = [...counts].sort((a, b) => b[1] - a[1]);
	return best?.[0] ?? 0;
}

async function readSamples(path: string): Promise<Int16Array> {
	const bytes = await readFile(path);
	return new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length));
}

/** Ears that take any sound for speech. */
export function fakeSpeech(listen: Speech["listen"] = listenToSound): Speech {
	const never = async () => {
		throw new Error("nobody asked for this");
	};
	return { listen, recognise: never, diarise: never, pids: () => [], async close() {} };
}

async function listenToSound(wavPath: string): Promise<ActivityTrack> {
	const samples = await readSamples(wavPath);
	const frameSamples = 512;
	const frames = Math.ceil(samples.length / frameSamples);
	const speaking = new Uint8Array(frames);
	const loudnessDbfs = new Int8Array(frames).fill(-128);
	for (let frame = 0; frame < frames; frame++) {
		const part = samples.subarray(frame * frameSamples, (frame + 1) * frameSamples);
		if (part.every((sample) => sample === 0)) continue;
		speaking[frame] = 1;
		loudnessDbfs[frame] = -20;
	}
	const durationSeconds = samples.length / sampleRate;
	return { detector: "fake", frameSeconds: 0.032, speaking, loudnessDbfs, durationSeconds };
}
