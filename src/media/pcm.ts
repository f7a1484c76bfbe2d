/**
 * Between the sample layouts of a WAVE file (8-bit unsigned, 16-bit, 24-bit little-endian) and
 * those of the FLAC coder (16-bit, or 32-bit with the sound in the upper 24), both ways exactly.
 */
export type WavBitDepth = 8 | 16 | 24;

export function isPackable(bitDepth: number): bitDepth is WavBitDepth {
	return bitDepth === 8 || bitDepth === 16 || bitDepth === 24;
}

/** Bytes of one sample on the coder's side. */
export function coderSampleBytes(bitDepth: WavBitDepth): 2 | 4 {
	return bitDepth === 24 ? 4 : 2;
}

/** From the WAVE file to the coder. 16-bit samples are the same on both sides and not copied. */
export function unpackSamples(wav: Buffer, bitDepth: WavBitDepth): Int16Array | Int32Array {
	if (bitDepth === 16) return int16View(wav);
	if (bitDepth === 8) {
		const samples = new Int16Array(wav.length);
		for (let index = 0; index < wav.length; index++)
			samples[index] = ((wav[index] as number) - 128) << 8;
		return samples;
	}
	const samples = new Int32Array(wav.length / 3);
	for (let index = 0, at = 0; index < samples.length; index++, at += 3)
		samples[index] =
			((wav[at] as number) << 8) |
			((wav[at + 1] as number) << 16) |
			((wav[at + 2] as number) << 24);
	return samples;
}

/** From the coder to the WAVE file. */
export function packSamples(decoded: Buffer, bitDepth: WavBitDepth): Buffer {
	if (bitDepth === 16) return decoded;
	if (bitDepth === 8) {
		const samples = int16View(decoded);
		const wav = Buffer.allocUnsafe(samples.length);
		for (let index = 0; index < samples.length; index++)
			wav[index] = ((samples[index] as number) >> 8) + 128;
		return wav;
	}
	const count = decoded.length / 4;
	const wav = Buffer.allocUnsafe(count * 3);
	for (let index = 0, from = 1, to = 0; index < count; index++, from += 4, to += 3) {
		wav[to] = decoded[from] as number;
		wav[to + 1] = decoded[from + 1] as number;
		wav[to + 2] = decoded[from + 2] as number;
	}
	return wav;
}

/** The same bytes as 16-bit numbers; copied only where they do not start at an even address. */
export function int16View(bytes: Buffer): Int16Array {
	const whole = bytes.length >> 1;
	if (bytes.byteOffset % 2 === 0) return new Int16Array(bytes.buffer, bytes.byteOffset, whole);
	return new Int16Array(Uint8Array.from(bytes).buffer, 0, whole);
}
