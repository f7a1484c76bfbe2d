/** What a block of samples was like. */
export type Heard = {
	seconds: number;
	peakDbfs: number;
	/** Half the distance from the lowest to the highest sample: a peak that an offset does not feign. */
	swingDbfs: number;
	/** Every sample had the same value: no room is that quiet. */
	isFlat: boolean;
	/** Flat tops: three samples or more of a channel at the end of the scale, one after the other. */
	clippedRuns: number;
};

const clipsAt = 32767;
const clippedRunSamples = 3;

/** `samples`: interleaved where there are several channels. */
export function measure(samples: Int16Array, sampleRate: number, channels: number): Heard {
	let lowest = 32768;
	let highest = -32768;
	let clippedRuns = 0;
	for (let channel = 0; channel < channels; channel++) {
		let run = 0;
		for (let at = channel; at < samples.length; at += channels) {
			const sample = samples[at] ?? 0;
			if (sample < lowest) lowest = sample;
			if (sample > highest) highest = sample;
			run = Math.abs(sample) >= clipsAt ? run + 1 : 0;
			if (run === clippedRunSamples) clippedRuns++;
		}
	}
	return {
		seconds: samples.length / channels / sampleRate,
		peakDbfs: dbfs(Math.max(-lowest, highest)),
		swingDbfs: dbfs((highest - lowest) / 2),
		isFlat: lowest >= highest,
		clippedRuns,
	};
}

function dbfs(amplitude: number): number {
	return amplitude <= 0 ? Number.NEGATIVE_INFINITY : 20 * Math.log10(amplitude / 32768);
}
