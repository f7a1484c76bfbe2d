/** The letters that the tone model hears (tone-model.ts), as sound; files of hours are written as a stream. */
import { open } from "node:fs/promises";
import { buildWavHeader } from "../src/wav.ts";

export const toneSampleRate = 16_000;
export const toneLetters = [..."abcdefghijkl"];

/** The mel bin of each letter: four apart, and high enough that a tone stays within its neighbours. */
export const toneBins = toneLetters.map((_, index) => 33 + 4 * index);

/** Slaney's mel scale, 80 triangles from 0 to 8 kHz: what the recogniser makes its features of. */
const melBins = 80;
const melStep = Math.log(6.4) / 27;
const highestMel = 15 + Math.log(toneSampleRate / 2 / 1000) / melStep;

/** Where a letter's tone lies. */
export function toneHertz(letter: string): number {
	const bin = toneBins[toneLetters.indexOf(letter)];
	if (bin === undefined) throw new Error(`No tone is called ${letter}.`);
	const mel = (highestMel * (bin + 1)) / (melBins + 1);
	return mel < 15 ? (mel * 200) / 3 : 1000 * Math.exp((mel - 15) * melStep);
}

export type Tone = {
	letter: string;
	startSeconds: number;
	/** 0.25 where nothing is said. */
	durationSeconds?: number;
	/** Peak in dBFS; -12 where nothing is said. */
	loudnessDbfs?: number;
};

export type TonesOptions = {
	durationSeconds: number;
	/** RMS of white noise over all of it; none where nothing is said. */
	noiseDbfs?: number;
	/** Sound that is put in at its start, as samples from -1 to 1. */
	insertions?: readonly { startSeconds: number; samples: Float32Array }[];
};

/** So that a tone begins and ends without a click that is all frequencies at once. */
const rampSeconds = 0.01;
const blockSeconds = 10;

/** Writes 16 kHz mono s16le; `tones` in the order of their starts. */
export async function writeTones(
	path: string,
	tones: readonly Tone[],
	options: TonesOptions,
): Promise<void> {
	const totalSamples = Math.round(options.durationSeconds * toneSampleRate);
	const layout = { sampleRate: toneSampleRate, channels: 1, bitDepth: 16 } as const;
	const file = await open(path, "w");
	try {
		await file.write(buildWavHeader({ encoding: "pcm", ...layout, dataBytes: totalSamples * 2 }));
		const noise = whiteNoise(options.noiseDbfs ?? null);
		const sounding = [...tones];
		for (let at = 0; at < totalSamples; at += blockSeconds * toneSampleRate) {
			const block = new Float32Array(Math.min(blockSeconds * toneSampleRate, totalSamples - at));
			for (let index = 0; index < block.length; index++) block[index] = noise();
			const until = (at + block.length) / toneSampleRate;
			for (const tone of sounding) {
				if (tone.startSeconds >= until) break;
				addTone(block, at, tone);
			}
			while (sounding[0] && endOf(sounding[0]) < until) sounding.shift();
			for (const insertion of options.insertions ?? []) add(block, at, insertion);
			await file.write(asBytes(block));
		}
	} finally {
		await file.close();
	}
}

function endOf(tone: Tone): number {
	return tone.startSeconds + (tone.durationSeconds ?? 0.25);
}

function addTone(block: Float32Array, blockStart: number, tone: Tone): void {
	const start = Math.round(tone.startSeconds * toneSampleRate);
	const end = Math.round(endOf(tone) * toneSampleRate);
	const peak = 10 ** ((tone.loudnessDbfs ?? -12) / 20);
	const turn = (2 * Math.PI * toneHertz(tone.letter)) / toneSampleRate;
	const ramp = rampSeconds * toneSampleRate;
	const last = Math.min(end, blockStart + block.length);
	for (let at = Math.max(start, blockStart); at < last; at++) {
		const edge = Math.min(1, (at - start) / ramp, (end - at) / ramp);
		const gain = peak * Math.sin((Math.PI / 2) * edge) ** 2;
		block[at - blockStart] = (block[at - blockStart] ?? 0) + gain * Math.sin(turn * (at - start));
	}
}

function add(
	block: Float32Array,
	blockStart: number,
	insertion: { startSeconds: number; samples: Float32Array },
): void {
	const start = Math.round(insertion.startSeconds * toneSampleRate) - blockStart;
	const last = Math.min(block.length, start + insertion.samples.length);
	for (let at = Math.max(0, start); at < last; at++)
		block[at] = (block[at] ?? 0) + (insertion.samples[at - start] ?? 0);
}

/** The same at every run. */
function whiteNoise(dbfs: number | null): () => number {
	if (dbfs === null) return () => 0;
	// Evenly spread from -peak to peak, which has an RMS of peak / √3.
	const peak = 10 ** (dbfs / 20) * Math.sqrt(3);
	let state = 1;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) | 0;
		return (state / 2 ** 31) * peak;
	};
}

function asBytes(block: Float32Array): Uint8Array {
	const samples = Int16Array.from(block, (value) =>
		Math.round(32767 * Math.max(-1, Math.min(1, value))),
	);
	return new Uint8Array(samples.buffer);
}
