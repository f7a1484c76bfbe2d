/**
 * A signal in which every sample says which one it is: lost, doubled and swapped blocks are all seen
 * when it is read back. The value counts up through 65536 steps; each channel is shifted against the one
 * before it.
 */
const steps = 65_536;
const channelShift = 4099;

/** The sample of `channel` in frame `frame`. */
export function countingSample(frame: number, channel: number): number {
	return ((frame + channel * channelShift) % steps) - steps / 2;
}

/** Frames `from` up to `from + count`, 16-bit little-endian, interleaved. */
export function countingFrames(from: number, count: number, channels: number): Buffer {
	const samples = new Int16Array(count * channels);
	for (let frame = 0; frame < count; frame++) {
		for (let channel = 0; channel < channels; channel++) {
			samples[frame * channels + channel] = countingSample(from + frame, channel);
		}
	}
	return Buffer.from(samples.buffer);
}

/**
 * The first frame that is not the successor of the one before it, or null where all are.
 * `first`: what frame the bytes begin with.
 */
export function firstBreak(bytes: Uint8Array, channels: number, first: number): number | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const frames = Math.floor(bytes.byteLength / (2 * channels));
	for (let frame = 0; frame < frames; frame++) {
		for (let channel = 0; channel < channels; channel++) {
			const value = view.getInt16((frame * channels + channel) * 2, true);
			if (value !== countingSample(first + frame, channel)) return first + frame;
		}
	}
	return null;
}
