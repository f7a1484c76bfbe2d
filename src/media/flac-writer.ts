import { AV_PKT_DATA_NEW_EXTRADATA } from "node-av/constants";
import { openEncoder } from "./av-encoder.ts";
import { createOutputFile } from "./output-file.ts";
import type { SampleWriter } from "./sample-writer.ts";

/** Where the STREAMINFO block's content stands: behind `fLaC` and its own header of 4 bytes. */
const streamInfoAt = 8;

const vendor = Buffer.from("onwax");

/**
 * Writes a FLAC file: the encoder's frames behind STREAMINFO and an empty comment block. Written
 * by ourselves because the muxer would cost a call and a copy for each frame. Source: RFC 9639,
 * sections 6 and 8.
 *
 * @param sampleBytes 2 for 16-bit samples, 4 for 24-bit ones in the upper bits
 */
export function createFlacFile(
	path: string,
	sampleRate: number,
	channels: number,
	sampleBytes: 2 | 4 = 2,
): SampleWriter & { frameBytes: number } {
	let finalStreamInfo: Buffer | null = null;
	const encoder = openEncoder(
		{ codec: "flac", sampleRate, channels, sampleBytes, settings: { compression_level: "5" } },
		(packet) => {
			const bytes = packet.data;
			if (bytes !== null && bytes.length > 0) file.write(bytes);
			// The encoder ends with an empty packet that carries STREAMINFO with total and MD5.
			const info = packet.getSideData(AV_PKT_DATA_NEW_EXTRADATA);
			if (info !== null) finalStreamInfo = Buffer.from(info);
		},
	);
	const file = createOrClose(path, encoder.close);
	const extradata = encoder.context.extraData ?? Buffer.alloc(34);
	file.write(Buffer.from("fLaC"));
	file.write(blockHeader(0, extradata.length, false));
	file.write(extradata);
	const comment = Buffer.alloc(8 + vendor.length);
	comment.writeUInt32LE(vendor.length, 0);
	vendor.copy(comment, 4);
	file.write(blockHeader(4, comment.length, true));
	file.write(comment);
	return {
		frameBytes: encoder.frameBytes,
		write: encoder.write,
		finish: async () => {
			encoder.finish();
			if (finalStreamInfo !== null) file.patch(finalStreamInfo, streamInfoAt);
			const sizeBytes = file.sizeBytes();
			await file.finish();
			return sizeBytes;
		},
		close: () => {
			encoder.close();
			file.close();
		},
	};
}

function blockHeader(type: number, sizeBytes: number, last: boolean): Buffer {
	const header = Buffer.alloc(4);
	header.writeUInt8(type | (last ? 0x80 : 0), 0);
	header.writeUIntBE(sizeBytes, 1, 3);
	return header;
}

function createOrClose(path: string, close: () => void) {
	try {
		return createOutputFile(path);
	} catch (error) {
		close();
		throw error;
	}
}
