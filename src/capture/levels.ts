import { bytesPerSample } from "../wav.ts";
import type { Level, SampleFormat } from "./capture.ts";

/** What a stretch of samples was like. */
export type Heard = {
	frames: number;
	level: Level;
	/** Half the distance between the lowest and the highest sample: a peak that an offset does not feign. */
	swingDbfs: number;
	/** Every sample had the same value (in practice: zero). No room is that quiet; nothing was measured. */
	isFlat: boolean;
	/** Runs of samples that hit the end of the scale. */
	clippedRuns: number;
};

export type Meter = {
	/** Whole frames. Reads them once, keeps nothing of them, allocates nothing. */
	hear(frames: Uint8Array): void;
	/** What was heard since the last take; `frames` is 0 where that is nothing. */
	take(): Heard;
};

const fullScale = 32768;

/** Both ends of the scale: some converters stop at -32767. */
const clipsAt = 32767;

/**
 * Samples at full scale in a row, of one channel and one sign, that make a clipped run. One or two can
 * be a loud peak that just fits; a flat top of three was cut off (the rule that CD mastering uses).
 */
const clippedRunSamples = 3;

/** Amplitude (0 to 32768) in decibels below full scale; -Infinity for 0. */
function dbfs(amplitude: number): number {
	return 20 * Math.log10(amplitude / fullScale);
}

/**
 * Measures a stream in one pass. 0 dBFS is the end of the scale for peaks, and a square wave that
 * reaches it for the mean (a full sine wave has -3.01 dBFS).
 */
export function createMeter({ channels }: SampleFormat): Meter {
	let lowest = fullScale;
	let highest = -fullScale;
	let sumOfSquares = 0;
	let samples = 0;
	let clippedRuns = 0;
	/** Samples since the beginning, so that a run goes on across blocks and takes. */
	let position = 0;
	const lastFullPosition = new Float64Array(channels).fill(Number.NEGATIVE_INFINITY);
	const runLength = new Int32Array(channels);
	const runSign = new Int8Array(channels);

	const full = (sample: number, at: number) => {
		const channel = at % channels;
		const sign = sample > 0 ? 1 : -1;
		const goesOn = lastFullPosition[channel] === at - channels && runSign[channel] === sign;
		const length = goesOn ? (runLength[channel] ?? 0) + 1 : 1;
		lastFullPosition[channel] = at;
		runSign[channel] = sign;
		runLength[channel] = length;
		if (length === clippedRunSamples) clippedRuns++;
	};
	return {
		hear: (frames) => {
			// Byte by byte: right at any alignment, without a view to allocate, and just as fast.
			const count = Math.floor(frames.length / bytesPerSample);
			let low = lowest;
			let high = highest;
			let sum = 0;
			for (let index = 0; index < count; index++) {
				const byte = index * bytesPerSample;
				const sample = (((frames[byte + 1] as number) << 24) >> 16) | (frames[byte] as number);
				sum += sample * sample;
				if (sample < low) low = sample;
				if (sample > high) high = sample;
				if (sample >= clipsAt || sample <= -clipsAt) full(sample, position + index);
			}
			lowest = low;
			highest = high;
			sumOfSquares += sum;
			samples += count;
			position += count;
		},
		take: () => {
			const none = samples === 0;
			const heard: Heard = {
				frames: samples / channels,
				level: {
					peakDbfs: none ? -Infinity : dbfs(Math.max(-lowest, highest)),
					rmsDbfs: none ? -Infinity : dbfs(Math.sqrt(sumOfSquares / samples)),
				},
				swingDbfs: none ? -Infinity : dbfs((highest - lowest) / 2),
				isFlat: lowest >= highest,
				clippedRuns,
			};
			lowest = fullScale;
			highest = -fullScale;
			sumOfSquares = 0;
			samples = 0;
			clippedRuns = 0;
			return heard;
		},
	};
}

/** Measures whole frames by themselves. */
export function measure(frames: Uint8Array, format: SampleFormat): Heard {
	const meter = createMeter(format);
	meter.hear(frames);
	return meter.take();
}
