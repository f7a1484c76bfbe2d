/**
 * Waveform peaks on disk: a header of 64 bytes, then two signed bytes for every bucket, the lowest
 * and the highest sample in it over all channels, on a scale from -128 to 127. Little-endian:
 *
 *      0  4  "OWPK"
 *      4  1  version of the format, 1
 *      5  1  buckets per second, 20
 *      6  2  zero
 *      8  4  sample rate in Hz
 *     12  4  number of buckets
 *     16  8  duration in seconds, float64
 *     24 32  SHA-256 of the original audio (D1.12)
 *     56  8  zero
 *
 * Bucket i covers the samples from floor(i × rate / 20) to floor((i + 1) × rate / 20), so that
 * nothing drifts at rates which 20 does not divide; the last one may be shorter.
 */
export const peaksVersion = 1;
export const bucketsPerSecond = 20;
export const peaksHeaderBytes = 64;

const magic = 0x4b50574f; // "OWPK"

export type PeaksHeader = {
	bucketsPerSecond: number;
	sampleRate: number;
	bucketCount: number;
	durationSeconds: number;
	sourceSha256: string;
};

export function buildPeaksHeader(header: PeaksHeader): Buffer {
	const bytes = Buffer.alloc(peaksHeaderBytes);
	bytes.writeUInt32LE(magic, 0);
	bytes.writeUInt8(peaksVersion, 4);
	bytes.writeUInt8(header.bucketsPerSecond, 5);
	bytes.writeUInt32LE(header.sampleRate, 8);
	bytes.writeUInt32LE(header.bucketCount, 12);
	bytes.writeDoubleLE(header.durationSeconds, 16);
	bytes.write(header.sourceSha256, 24, 32, "hex");
	return bytes;
}

/** Reads the header; null where the bytes are no peaks of this version, which are to be made anew. */
export function parsePeaksHeader(bytes: Buffer): PeaksHeader | null {
	if (bytes.length < peaksHeaderBytes || bytes.readUInt32LE(0) !== magic) return null;
	if (bytes.readUInt8(4) !== peaksVersion) return null;
	return {
		bucketsPerSecond: bytes.readUInt8(5),
		sampleRate: bytes.readUInt32LE(8),
		bucketCount: bytes.readUInt32LE(12),
		durationSeconds: bytes.readDoubleLE(16),
		sourceSha256: bytes.toString("hex", 24, 56),
	};
}
