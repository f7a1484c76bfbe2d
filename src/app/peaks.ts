import { open } from "node:fs/promises";
import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import { enqueue, hasten } from "../jobs/queue.ts";
import type { Library } from "../library/library.ts";
import { parsePeaksHeader, peaksHeaderBytes } from "../media/peaks-format.ts";
import { peaksFilename } from "../pipeline/pipeline.ts";
import { type Recording, type Sha256, shelfOf } from "../recording.ts";
import type { App } from "./open-app.ts";
import { refuseTrash } from "./refuse-trash.ts";

export type Peaks = {
	durationSeconds: number;
	/** Lowest and highest sample of each bucket by turns, -128 to 127, over all channels. */
	values: Int8Array;
	/** The file they are in, as it lies on disk (media/peaks-format.ts). */
	bytes: Buffer;
	sha256: Sha256;
};

/**
 * A recording's waveform.
 *
 * @throws ERR_NOT_FOUND where it is not drawn yet
 */
export async function readPeaks(
	{ layout }: Pick<Library, "layout">,
	{ metadata }: Recording,
): Promise<Peaks> {
	const facts = metadata.files[peaksFilename];
	const path = join(recordingFolder(layout, shelfOf(metadata), metadata.name), peaksFilename);
	const bytes = facts ? await readIfThere(path) : null;
	const header = bytes && parsePeaksHeader(bytes);
	if (!facts || !bytes || !header) {
		throw new OnwaxError("ERR_NOT_FOUND", `The waveform of ${metadata.name} is not drawn yet.`, {
			retryable: true,
			hint: "It comes after the text, by itself; POST to this address has it drawn now.",
		});
	}
	const end = Math.min(bytes.length, peaksHeaderBytes + header.bucketCount * 2);
	const whole = end - ((end - peaksHeaderBytes) % 2);
	const values = new Int8Array(bytes.buffer, bytes.byteOffset + peaksHeaderBytes).subarray(
		0,
		whole - peaksHeaderBytes,
	);
	return { durationSeconds: header.durationSeconds, values, bytes, sha256: facts.sha256 };
}

/** Joins buckets until there are at most `width`. */
export function narrowPeaks(values: Int8Array, width: number): number[] {
	const buckets = values.length / 2;
	const columns = Math.min(width, buckets);
	const narrowed: number[] = [];
	for (let column = 0; column < columns; column++) {
		let [low, high] = [127, -128];
		const from = Math.floor((column * buckets) / columns);
		const to = Math.floor(((column + 1) * buckets) / columns);
		for (let at = from * 2; at < to * 2; at += 2) {
			low = Math.min(low, values[at] ?? 0);
			high = Math.max(high, values[at + 1] ?? 0);
		}
		narrowed.push(low, high);
	}
	return narrowed;
}

/**
 * Has the waveform drawn, where it is not there.
 *
 * @throws ERR_STATE in the trash
 */
export async function queuePeaks({ library }: App, { metadata }: Recording): Promise<void> {
	refuseTrash(metadata);
	const job = { recording: metadata.name, kind: "peaks", parameters: {} } as const;
	await library.catalogue.transaction(async (tx) => {
		await enqueue(tx, [job]);
		await hasten(tx, job);
	});
}

const mostBytes = 64_000_000;

async function readIfThere(path: string): Promise<Buffer | null> {
	try {
		const file = await open(path);
		try {
			const { size } = await file.stat();
			return size > mostBytes ? null : await file.readFile();
		} finally {
			await file.close();
		}
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		throw toOnwaxError(error, "ERR_IO");
	}
}
