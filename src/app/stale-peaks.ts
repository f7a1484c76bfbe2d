import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { parsePeaksHeader, peaksHeaderBytes } from "../media/peaks-format.ts";
import { type Metadata, originalSha256 } from "../recording.ts";

/** Whether the peaks were made from other audio or by another version of the format (D1.12). */
export async function arePeaksStale(path: string, metadata: Metadata): Promise<boolean> {
	const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(peaksHeaderBytes));
		const header = parsePeaksHeader(buffer.subarray(0, bytesRead));
		return header?.sourceSha256 !== originalSha256(metadata);
	} finally {
		await file.close();
	}
}
