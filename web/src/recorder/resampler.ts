/** Changes the rate of one channel. What comes out does not depend on how the input is cut into pieces. */
export type Resampler = {
	/** All that can be told by now. */
	push(samples: Float32Array): Float32Array;
	/** The rest, as though silence followed: all in all as long as the input, to within one sample. */
	end(): Float32Array;
};

/** Zero crossings on each side of the kernel: what is passed on ends at 0.88 of what the lower rate can hold. */
const crossings = 42;
const cutoff = 0.94;
/** Kaiser's window: what would be heard as another tone lies 80 dB below. */
const beta = 7.857;

/** Rates in whole hertz. */
export function createResampler(fromRate: number, toRate: number): Resampler {
	if (fromRate === toRate) return { push: (samples) => samples, end: () => new Float32Array(0) };
	const common = greatestCommonDivisor(fromRate, toRate);
	/** Each output sample lies `step / phases` input samples after the one before it. */
	const phases = toRate / common;
	const step = fromRate / common;
	const half = Math.ceil(crossings * Math.max(1, fromRate / toRate));
	const taps = 2 * half;
	const kernel = kernelOf(phases, half, cutoff * Math.min(1, toRate / fromRate));

	/** Begins with what the next output sample needs. */
	let held = new Float32Array(half - 1);
	let phase = 0;
	let received = 0;
	let given = 0;

	const push = (samples: Float32Array): Float32Array => {
		received += samples.length;
		const input = new Float32Array(held.length + samples.length);
		input.set(held);
		input.set(samples, held.length);
		const output = new Float32Array(Math.ceil((input.length * phases) / step));
		let at = 0;
		let written = 0;
		while (at + taps <= input.length) {
			const row = phase * taps;
			let sum = 0;
			for (let tap = 0; tap < taps; tap++) sum += (kernel[row + tap] ?? 0) * (input[at + tap] ?? 0);
			output[written++] = sum;
			phase += step;
			at += Math.floor(phase / phases);
			phase %= phases;
		}
		held = input.slice(at);
		given += written;
		return output.subarray(0, written);
	};
	return {
		push,
		end() {
			const missing = Math.ceil((received * phases) / step) - given;
			return push(new Float32Array(half)).subarray(0, missing);
		},
	};
}

/** A row of taps for each place that an output sample can have between two input samples. */
function kernelOf(phases: number, half: number, passed: number): Float32Array {
	const taps = 2 * half;
	const kernel = new Float32Array(phases * taps);
	for (let phase = 0; phase < phases; phase++) {
		const row = kernel.subarray(phase * taps, (phase + 1) * taps);
		let sum = 0;
		for (let tap = 0; tap < taps; tap++) {
			const distance = tap - half + 1 - phase / phases;
			const value = sinc(passed * distance) * kaiser(distance / half);
			row[tap] = value;
			sum += value;
		}
		for (let tap = 0; tap < taps; tap++) row[tap] = (row[tap] ?? 0) / sum;
	}
	return kernel;
}

function sinc(x: number): number {
	return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
	return bessel(beta * Math.sqrt(Math.max(0, 1 - x * x))) / bessel(beta);
}

/** The modified Bessel function of order zero. */
function bessel(x: number): number {
	let term = 1;
	let sum = 1;
	for (let n = 1; term > sum * 1e-12; n++) {
		term *= (x / (2 * n)) ** 2;
		sum += term;
	}
	return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
	return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
