import { createOutputFile } from "./output-file.ts";
import { bucketsPerSecond, buildPeaksHeader, peaksHeaderBytes } from "./peaks-format.ts";

export type PeaksWriter = {
	/** Interleaved samples of full scale 16 or 32 bits, in pieces of whole blocks. */
	write: (samples: Int16Array | Int32Array) => void;
	/** Writes the header, syncs and closes; the source's checksum may be known only now. */
	finish: (sourceSha256: string) => Promise<void>;
	close: () => void;
};

/** Writes waveform peaks as the samples come by; see peaks-format.ts. */
export function createPeaksFile(path: string, sampleRate: number, channels: number): PeaksWriter {
	const file = createOutputFile(path);
	file.write(Buffer.alloc(peaksHeaderBytes));
	const endOfBucket = (index: number) => Math.floor(((index + 1) * sampleRate) / bucketsPerSecond);
	let bucket = 0;
	let bucketEnd = endOfBucket(0);
	let position = 0;
	let low = 0;
	let high = 0;
	let inBucket = false;
	const pair = Buffer.alloc(2);

	const closeBucket = (shift: number) => {
		pair.writeInt8(low >> shift, 0);
		pair.writeInt8(high >> shift, 1);
		file.write(pair);
		inBucket = false;
		bucket++;
		bucketEnd = endOfBucket(bucket);
	};
	let lastShift = 8;
	return {
		write: (samples) => {
			const shift = samples instanceof Int16Array ? 8 : 24;
			lastShift = shift;
			const blocks = samples.length / channels;
			for (let done = 0; done < blocks; ) {
				const take = Math.min(blocks - done, bucketEnd - position);
				if (take > 0 && !inBucket) {
					low = high = samples[done * channels] ?? 0;
					inBucket = true;
				}
				const range = extremes(samples, done * channels, (done + take) * channels, low, high);
				low = range.low;
				high = range.high;
				done += take;
				position += take;
				// Below 20 Hz a bucket may hold no sample at all: it repeats the one before.
				while (position >= bucketEnd) closeBucket(shift);
			}
		},
		finish: async (sourceSha256) => {
			if (inBucket) closeBucket(lastShift);
			file.patch(
				buildPeaksHeader({
					bucketsPerSecond,
					sampleRate,
					bucketCount: bucket,
					durationSeconds: position / sampleRate,
					sourceSha256,
				}),
				0,
			);
			await file.finish();
		},
		close: file.close,
	};
}

function extremes(
	samples: Int16Array | Int32Array,
	from: number,
	to: number,
	low: number,
	high: number,
): { low: number; high: number } {
	for (let index = from; index < to; index++) {
		const sample = samples[index] as number;
		if (sample < low) low = sample;
		if (sample > high) high = sample;
	}
	return { low, high };
}
