import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { OnwaxError } from "../errors.ts";
import { buildWavHeader, bytesPerSample } from "../wav.ts";
import { readWavFacts, withReadable } from "./wav-file.ts";

export type CutOptions = {
	startSeconds: number;
	endSeconds: number;
	/** As loud as it can be made without clipping: quiet speech is often what an engine missed. */
	normalise?: boolean;
};

const pieceBytes = 1024 * 1024;
const fullScale = 32_767;
/** Noise is not worth more. */
const mostGain = 30;

/**
 * Writes a stretch of a 16-bit PCM WAVE file to a file of its own, sample by sample as it was, in
 * constant memory. What lies outside the file is left out.
 *
 * @returns how long the stretch is
 * @throws ERR_UNSUPPORTED for any other encoding, and the system's errors
 */
export async function cutWav(
	sourcePath: string,
	outputPath: string,
	{ startSeconds, endSeconds, normalise = false }: CutOptions,
): Promise<number> {
	const facts = await withReadable(sourcePath, async (fd) => readWavFacts(fd));
	if (facts?.encoding !== "pcm" || facts.bitDepth !== 8 * bytesPerSample) {
		throw new OnwaxError("ERR_UNSUPPORTED", "Only 16-bit WAVE files can be cut as they are.");
	}
	const { blockAlign, sampleRate, channels, dataOffset, payloadBytes } = facts;
	const at = (seconds: number) =>
		Math.min(Math.max(0, Math.round(seconds * sampleRate)) * blockAlign, payloadBytes);
	const [from, to] = [at(startSeconds), at(endSeconds)];
	const range = { start: dataOffset + from, end: dataOffset + to - 1, highWaterMark: pieceBytes };
	const dataBytes = Math.max(0, to - from);
	const gain = normalise && dataBytes > 0 ? await loudestGain(sourcePath, range) : 1;
	const output = await open(outputPath, "w", 0o600);
	try {
		const header = { encoding: "pcm", sampleRate, channels, bitDepth: 16, dataBytes } as const;
		await output.writeFile(buildWavHeader(header));
		if (dataBytes > 0) await copy(sourcePath, range, output, gain);
	} finally {
		await output.close();
	}
	return dataBytes / blockAlign / sampleRate;
}

type ByteRange = { start: number; end: number; highWaterMark: number };

async function loudestGain(path: string, range: ByteRange): Promise<number> {
	let peak = 1;
	await eachPiece(path, range, async (samples) => {
		for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
	});
	return Math.min(mostGain, fullScale / peak);
}

async function copy(
	path: string,
	range: ByteRange,
	output: FileHandle,
	gain: number,
): Promise<void> {
	await eachPiece(path, range, async (samples) => {
		if (gain !== 1) {
			for (let i = 0; i < samples.length; i++) samples[i] = Math.trunc((samples[i] ?? 0) * gain);
		}
		const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
		await output.writeFile(bytes);
	});
}

/** Whole samples, whatever the pieces that the file is read in. */
async function eachPiece(
	path: string,
	range: ByteRange,
	use: (samples: Int16Array) => Promise<void>,
): Promise<void> {
	let rest = Buffer.alloc(0);
	for await (const piece of createReadStream(path, range) as AsyncIterable<Buffer>) {
		const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
		const whole = bytes.length - (bytes.length % bytesPerSample);
		// A copy of its own: aligned, and nobody else's to change.
		const samples = new Int16Array(whole / bytesPerSample);
		Buffer.from(samples.buffer).set(bytes.subarray(0, whole));
		rest = Buffer.from(bytes.subarray(whole));
		await use(samples);
	}
}
