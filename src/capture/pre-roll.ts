import { frameBytes, type SampleFormat } from "./capture.ts";

export type PreRoll = {
	/** Whole frames; copied, so that a small piece does not keep a large buffer alive. */
	put(frames: Uint8Array): void;
	/** The last seconds in order, whole frames; the ring is empty afterwards, and the bytes are the callee's. */
	drain(): Buffer[];
};

/** A ring of the last `seconds` of sound, for a recording that begins with speech: it never holds more. */
export function createPreRoll(format: SampleFormat, seconds: number): PreRoll {
	const capacityBytes = Math.max(0, Math.round(seconds * format.sampleRate)) * frameBytes(format);
	/** Made when it is first needed: what was drained is the callee's for good. */
	let ring: Buffer | null = null;
	let writeAt = 0;
	let filledBytes = 0;
	return {
		put: (frames) => {
			if (capacityBytes === 0) return;
			ring ??= Buffer.allocUnsafeSlow(capacityBytes);
			// Cut at the front, so that what stays still ends with a whole frame.
			const last = frames.subarray(Math.max(0, frames.length - capacityBytes));
			const beforeEdge = Math.min(last.length, capacityBytes - writeAt);
			ring.set(last.subarray(0, beforeEdge), writeAt);
			ring.set(last.subarray(beforeEdge), 0);
			writeAt = (writeAt + last.length) % capacityBytes;
			filledBytes = Math.min(capacityBytes, filledBytes + last.length);
		},
		drain: () => {
			if (ring === null) return [];
			const parts =
				filledBytes < capacityBytes
					? [ring.subarray(0, filledBytes)]
					: [ring.subarray(writeAt), ring.subarray(0, writeAt)];
			ring = null;
			writeAt = 0;
			filledBytes = 0;
			return parts.filter(({ length }) => length > 0);
		},
	};
}
