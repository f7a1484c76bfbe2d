import { audioFileFacts, type Metadata, originalSha256 } from "../recording.ts";

/** How safe a recording is by now (U2); null is not reached. */
export type Rungs = {
	capturedSeconds: number | null;
	/** On disk, synced. */
	onDiskBytes: number | null;
	/** Of the audio as it came in. */
	sha256: string | null;
	copies: { remote: string; verifiedAt: string }[];
};

/** Whatever is in the library is captured, on disk and hashed. There are no copies elsewhere yet. */
export function rungsOf(metadata: Metadata): Rungs {
	return {
		capturedSeconds: metadata.audio.durationSeconds,
		onDiskBytes: audioFileFacts(metadata).sizeBytes,
		sha256: originalSha256(metadata),
		copies: [],
	};
}
