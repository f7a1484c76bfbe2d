import { createHash } from "node:crypto";
import { fstatSync, rmSync } from "node:fs";
import { OnwaxError } from "../errors.ts";
import type { FileFacts } from "../recording.ts";
import type { WavFacts } from "../wav.ts";
import { decodeFlacToWav } from "./decode-flac.ts";
import { createFlacFile } from "./flac-writer.ts";
import type { CompressResult, CompressTarget, Progress } from "./messages.ts";
import { hashFile } from "./output-file.ts";
import { coderSampleBytes, isPackable, unpackSamples, type WavBitDepth } from "./pcm.ts";
import { createPeaksFile } from "./peaks-writer.ts";
import { reportingBeat } from "./progress.ts";
import { readAt, readFully, readWavFacts, wavProbeFacts, withReadable } from "./wav-file.ts";

/** Header and trailer live in metadata.json, which must stay small. */
const maxEnvelopeBytes = 64 * 1024;

/**
 * WAV to FLAC without losing a byte. While the samples are encoded, the checksum of the original
 * file is taken from the very bytes that are encoded; then the FLAC on disk is decoded again, the
 * samples are packed as they were, and header + samples + trailer must have the same checksum. So
 * the original can be rebuilt byte for byte, or it stays.
 */
export async function compressFlac(
	path: string,
	target: CompressTarget,
	report: (progress: Progress) => void,
): Promise<CompressResult> {
	return withReadable(path, async (fd) => {
		const wav = readWavFacts(fd);
		const refusal = reasonToKeep(wav);
		if (wav === null || !isPackable(wav.bitDepth) || refusal !== null)
			return { kept: refusal ?? "It is not a WAV file." };
		const source = { fd, wav, bitDepth: wav.bitDepth };
		const header = readAt(fd, 0, wav.dataOffset);
		const trailer = readAt(fd, wav.dataOffset + wav.payloadBytes, wav.trailerBytes);
		const encoded = await encode(source, header, trailer, target, report).catch(keepIfUnsupported);
		if ("kept" in encoded) {
			removeOutputs(target);
			return encoded;
		}
		const file = await hashFile(target.outputPath);
		const seconds = wav.durationSeconds ?? 0;
		const tick = reportingBeat(seconds, report);
		const hash = createHash("sha256").update(header);
		await decodeFlacToWav(target.outputPath, wav.bitDepth, tick, (bytes) => hash.update(bytes));
		if (hash.update(trailer).digest("hex") !== encoded.original.sha256) {
			removeOutputs(target);
			return { kept: "The FLAC does not decode to the very bytes of the original." };
		}
		const facts = wavProbeFacts(wav);
		if (facts === null) return { kept: "It is not plain PCM." };
		const { container: _, ...audio } = facts;
		return {
			kept: null,
			audio: {
				...audio,
				mimeType: "audio/flac",
				codec: "flac",
				bitDepth: Math.max(16, wav.bitDepth),
			},
			file,
			original: {
				...encoded.original,
				...audio,
				headerBase64: header.toString("base64"),
				trailerBase64: trailer.toString("base64"),
			},
			peaks: target.alsoPeaksPath === undefined ? null : await hashFile(target.alsoPeaksPath),
		};
	});
}

/** Why this file cannot become FLAC and come back; null where it can. */
function reasonToKeep(wav: WavFacts | null): string | null {
	if (wav === null) return "It is not a WAV file whose samples start within 64 KiB.";
	if (wav.encoding !== "pcm") return "Its samples are not whole numbers, which is all FLAC holds.";
	if (!isPackable(wav.bitDepth)) return `FLAC cannot hold ${wav.bitDepth}-bit samples for certain.`;
	// STREAMINFO has 20 bits for the rate.
	if (wav.sampleRate >= 2 ** 20) return "FLAC holds no rates above 1 048 575 Hz.";
	if (wav.channels > 8) return "FLAC holds no more than 8 channels.";
	if (wav.dataOffset + wav.trailerBytes > maxEnvelopeBytes)
		return "There is more than 64 KiB beside the samples.";
	return null;
}

function keepIfUnsupported(error: unknown): { kept: string } {
	if (error instanceof OnwaxError && error.code === "ERR_UNSUPPORTED")
		return { kept: error.message };
	throw error;
}

/** About 2 MiB: large enough that reading costs nothing, small enough to forget. */
const framesPerRead = 64;

async function encode(
	source: { fd: number; wav: WavFacts; bitDepth: WavBitDepth },
	header: Buffer,
	trailer: Buffer,
	target: CompressTarget,
	report: (progress: Progress) => void,
): Promise<{ original: FileFacts }> {
	const { fd, wav, bitDepth } = source;
	const sampleBytes = coderSampleBytes(bitDepth);
	const sizeBytes = fstatSync(fd).size;
	const flac = createFlacFile(target.outputPath, wav.sampleRate, wav.channels, sampleBytes);
	const peaks =
		target.alsoPeaksPath === undefined
			? null
			: createPeaksFile(target.alsoPeaksPath, wav.sampleRate, wav.channels);
	const hash = createHash("sha256").update(header);
	const bytesPerSecond = wav.blockAlign * wav.sampleRate;
	const tick = reportingBeat(wav.durationSeconds, report);
	try {
		const chunk = Buffer.alloc((flac.frameBytes / sampleBytes) * (bitDepth / 8) * framesPerRead);
		for (let done = 0; done < wav.payloadBytes; ) {
			const piece = chunk.subarray(0, Math.min(chunk.length, wav.payloadBytes - done));
			if (readFully(fd, piece, wav.dataOffset + done) < piece.length) throw changed();
			done += piece.length;
			hash.update(piece);
			const samples = unpackSamples(piece, bitDepth);
			peaks?.write(samples);
			flac.write(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
			const pause = tick(done / bytesPerSecond);
			if (pause) await pause;
		}
		await flac.finish();
		const sha256 = hash.update(trailer).digest("hex");
		await peaks?.finish(sha256);
		if (fstatSync(fd).size !== sizeBytes) throw changed();
		return { original: { sha256, sizeBytes } };
	} finally {
		flac.close();
		peaks?.close();
	}
}

function removeOutputs(target: CompressTarget): void {
	rmSync(target.outputPath, { force: true });
	if (target.alsoPeaksPath !== undefined) rmSync(target.alsoPeaksPath, { force: true });
}

function changed(): OnwaxError {
	return new OnwaxError("ERR_FILE_CHANGED", "The file changed while it was being read.", {
		retryable: true,
		hint: "Try again when nothing writes to it any more.",
	});
}
