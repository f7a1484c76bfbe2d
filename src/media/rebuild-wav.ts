import { OnwaxError } from "../errors.ts";
import type { FileFacts } from "../recording.ts";
import { decodeFlacToWav } from "./decode-flac.ts";
import type { Progress, RebuildSource } from "./messages.ts";
import { createOutputFile, hashFile } from "./output-file.ts";
import { isPackable } from "./pcm.ts";
import { reportingBeat } from "./progress.ts";

/**
 * Writes the original WAV again, byte for byte: header, decoded samples, trailer. The caller
 * compares the checksum that comes back with the one it keeps.
 */
export async function rebuildWav(
	flacPath: string,
	source: RebuildSource,
	outputPath: string,
	report: (progress: Progress) => void,
): Promise<FileFacts> {
	if (!isPackable(source.bitDepth))
		throw new OnwaxError("ERR_UNSUPPORTED", `No WAV of ${source.bitDepth} bits is kept as FLAC.`);
	const file = createOutputFile(outputPath);
	try {
		file.write(Buffer.from(source.headerBase64, "base64"));
		await decodeFlacToWav(flacPath, source.bitDepth, reportingBeat(null, report), file.write);
		file.write(Buffer.from(source.trailerBase64, "base64"));
		await file.finish();
	} finally {
		file.close();
	}
	return hashFile(outputPath);
}
