/** A spectrogram of a short span, made here: the service sends samples, and no picture. */
export const sampleRate = 16_000;
export const windowSamples = 512;

export type Spectrogram = {
	/** Time runs over the columns; in each, the lowest frequency comes first. */
	columns: number;
	bins: number;
	/** 0 is -90 dB of the loudest and less, 255 is the loudest. */
	levels: Uint8Array;
};

const floorDb = 90;

/** Short-time Fourier transform of 16 kHz samples, with as many columns as asked for. */
export function spectrogramOf(samples: Int16Array, columns: number): Spectrogram {
	const bins = windowSamples / 2;
	const powers = new Float32Array(columns * bins);
	const hann = Float32Array.from(
		{ length: windowSamples },
		(_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / (windowSamples - 1)),
	);
	const real = new Float32Array(windowSamples);
	const imaginary = new Float32Array(windowSamples);
	let loudest = -Infinity;
	for (let column = 0; column < columns; column++) {
		const middle = ((column + 0.5) / columns) * samples.length;
		const from = Math.round(middle - windowSamples / 2);
		for (let index = 0; index < windowSamples; index++) {
			real[index] = ((samples[from + index] ?? 0) / 32_768) * (hann[index] as number);
			imaginary[index] = 0;
		}
		fourier(real, imaginary);
		for (let bin = 0; bin < bins; bin++) {
			const power = (real[bin] as number) ** 2 + (imaginary[bin] as number) ** 2;
			const level = 10 * Math.log10(power + 1e-12);
			powers[column * bins + bin] = level;
			loudest = Math.max(loudest, level);
		}
	}
	const levels = Uint8Array.from(powers, (level) =>
		Math.max(0, Math.min(255, Math.round(((level - loudest + floorDb) / floorDb) * 255))),
	);
	return { columns, bins, levels };
}

/** In place; the length is a power of two. */
export function fourier(real: Float32Array, imaginary: Float32Array): void {
	const count = real.length;
	for (let index = 1, mirrored = 0; index < count; index++) {
		let bit = count >> 1;
		for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
		mirrored ^= bit;
		if (index < mirrored) {
			swap(real, index, mirrored);
			swap(imaginary, index, mirrored);
		}
	}
	for (let size = 2; size <= count; size <<= 1) {
		const step = (-2 * Math.PI) / size;
		for (let at = 0; at < count; at += size) {
			for (let index = 0; index < size / 2; index++) {
				const cosine = Math.cos(step * index);
				const sine = Math.sin(step * index);
				const even = at + index;
				const odd = even + size / 2;
				const [oddReal, oddImaginary] = [real[odd] as number, imaginary[odd] as number];
				const turnedReal = oddReal * cosine - oddImaginary * sine;
				const turnedImaginary = oddReal * sine + oddImaginary * cosine;
				real[odd] = (real[even] as number) - turnedReal;
				imaginary[odd] = (imaginary[even] as number) - turnedImaginary;
				real[even] = (real[even] as number) + turnedReal;
				imaginary[even] = (imaginary[even] as number) + turnedImaginary;
			}
		}
	}
}

function swap(values: Float32Array, a: number, b: number): void {
	const kept = values[a] as number;
	values[a] = values[b] as number;
	values[b] = kept;
}
