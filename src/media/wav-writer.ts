import { buildWavHeader } from "../wav.ts";
import { createOutputFile } from "./output-file.ts";
import type { SampleWriter } from "./sample-writer.ts";

/** Writes 16-bit samples as a WAVE file with the classic header. */
export function createWavFile(path: string, sampleRate: number, channels: number): SampleWriter {
	const file = createOutputFile(path);
	const fields = { encoding: "pcm", sampleRate, channels, bitDepth: 16 } as const;
	const header = buildWavHeader({ ...fields, dataBytes: null });
	file.write(header);
	return {
		write: file.write,
		finish: async () => {
			file.patch(buildWavHeader({ ...fields, dataBytes: file.sizeBytes() - header.length }), 0);
			const sizeBytes = file.sizeBytes();
			await file.finish();
			return sizeBytes;
		},
		close: file.close,
	};
}
