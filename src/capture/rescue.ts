import { open } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../durable/sync-folder.ts";
import { writeAll } from "../durable/write-all.ts";
import { captureHeader } from "../library/capture-segments.ts";
import { bytesPerSample } from "../wav.ts";
import type { BegunCapture } from "./begin-capture.ts";

/** A WAVE file of what the library's disk refused, and how much that is. */
export type Rescued = { path: string; seconds: number };

/** Writes frames that the library's disk would not take to another place, so that they outlive this process. */
export async function rescue(
	{ name, intent }: BegunCapture,
	frames: readonly Buffer[],
	folder: string,
): Promise<Rescued> {
	const { capture } = intent;
	const path = join(folder, `onwax-${name}-rest.wav`);
	const dataBytes = frames.reduce((total, { length }) => total + length, 0);
	const handle = await open(path, "wx", 0o600);
	try {
		let at = 0;
		for (const block of [captureHeader(name, capture, dataBytes), ...frames]) {
			await writeAll(handle, block, at);
			at += block.length;
		}
		// Whole, if perhaps not proof against a power cut: where it lies has to be told all the same.
		await handle.sync().catch(() => undefined);
	} finally {
		await handle.close();
	}
	await syncFolder(folder).catch(() => undefined);
	const seconds = dataBytes / (capture.channels * bytesPerSample) / capture.sampleRate;
	return { path, seconds };
}
