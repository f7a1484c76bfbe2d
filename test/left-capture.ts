import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newName } from "../src/archive/name.ts";
import { captureHeader, segmentFilename } from "../src/library/capture-segments.ts";
import { type CaptureIntent, type Intent, writeIntent } from "../src/library/intent.ts";
import { countingFrames } from "./counting-frames.ts";

/** A segment of the counting signal. `torn`: bytes of a last frame that was cut off. */
export type Piece = {
	start: number;
	frames: number;
	errors?: number;
	why?: "error" | "full";
	torn?: number;
};

export type LeftCapture = {
	name: string;
	folder: string;
	intent: Intent & { capture: CaptureIntent };
	header: Uint8Array;
};

const fields = { sampleRate: 8000, device: "default", bootId: null };

/** What a recorder that was killed leaves in `parent`: an intent, and segments behind open headers. */
export async function leaveCapture(
	parent: string,
	pieces: readonly Piece[],
	of: { channels: number; sampleRate?: number },
): Promise<LeftCapture> {
	const { name, createdAt } = newName();
	const folder = join(parent, name);
	await mkdir(folder, { recursive: true });
	const capture = { ...fields, ...of, startedAt: createdAt };
	const intent = {
		...{ format: 1 as const, source: "microphone" as const, originalFilename: null },
		...{ title: "Memo", tags: ["field"], audioFile: "audio.wav", capture },
	};
	await writeIntent(folder, intent);
	const header = captureHeader(name, capture, null);
	for (const { start, frames, errors = 0, why = "error", torn = 0 } of pieces) {
		const samples = countingFrames(start, frames, of.channels);
		const bytes = Buffer.concat([header, samples, Buffer.alloc(torn, 7)]);
		await writeFile(
			join(folder, segmentFilename(start, errors > 0 ? { why, count: errors } : null)),
			bytes,
		);
	}
	return { name, folder, intent, header };
}
