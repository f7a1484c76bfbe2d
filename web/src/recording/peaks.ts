/** The waveform: for each bucket the lowest and the highest sample. */
export type Peaks = {
	bucketsPerSecond: number;
	/** Lowest and highest of each bucket by turns, from -128 to 127. */
	values: Int8Array;
};

const headerBytes = 64;
const magic = 0x4b50574f;

/**
 * Reads a file of peaks (docs/FORMAT.md). Null where these are no peaks of a version that this page
 * knows.
 */
export function readPeaks(bytes: ArrayBuffer): Peaks | null {
	if (bytes.byteLength < headerBytes) return null;
	const view = new DataView(bytes);
	if (view.getUint32(0, true) !== magic || view.getUint8(4) !== 1) return null;
	const room = Math.floor((bytes.byteLength - headerBytes) / 2);
	const bucketCount = Math.min(view.getUint32(12, true), room);
	return {
		bucketsPerSecond: view.getUint8(5),
		values: new Int8Array(bytes, headerBytes, bucketCount * 2),
	};
}

/**
 * Lowest and highest of each of `width` columns of a span, from -1 to 1. What lies outside the
 * recording is silence.
 */
export function columnsOf(
	{ bucketsPerSecond, values }: Peaks,
	span: { startSeconds: number; endSeconds: number },
	width: number,
): Float32Array {
	const columns = new Float32Array(width * 2);
	const perColumn = ((span.endSeconds - span.startSeconds) * bucketsPerSecond) / width;
	const first = span.startSeconds * bucketsPerSecond;
	const bucketCount = values.length / 2;
	for (let column = 0; column < width; column++) {
		const from = Math.max(0, Math.floor(first + column * perColumn));
		const upTo = Math.floor(first + (column + 1) * perColumn);
		const to = Math.min(bucketCount, Math.max(from + 1, upTo));
		let low = 0;
		let high = 0;
		for (let bucket = from; bucket < to; bucket++) {
			low = Math.min(low, values[bucket * 2] as number);
			high = Math.max(high, values[bucket * 2 + 1] as number);
		}
		columns[column * 2] = low / 128;
		columns[column * 2 + 1] = high / 127;
	}
	return columns;
}

/** The loudest of all, from 0 to 1: a quiet recording is drawn larger, or there is nothing to see. */
export function loudestOf({ values }: Peaks): number {
	let loudest = 0;
	for (const value of values) loudest = Math.max(loudest, Math.abs(value));
	return loudest / 128;
}
