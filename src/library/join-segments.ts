import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { readAhead } from "../durable/hash-file.ts";
import { step } from "../durable/step.ts";
import { writeAll } from "../durable/write-all.ts";
import { startWriteback, type Writeback } from "../durable/writeback.ts";
import { OnwaxError } from "../errors.ts";
import type { FileFacts } from "../recording.ts";
import { firstSegment, type Segment } from "./capture-segments.ts";

/** A stretch of the recording, and which file has it: null where nothing has (silence stands there). */
export type Stretch = { segment: Segment | null; startFrame: number; frames: number };

/**
 * Which frames come from which segment: each counts up to where the next one begins. What a segment
 * has beyond that was written again to the next one, because the disk had refused it.
 */
export function stretchesOf(segments: readonly Segment[]): Stretch[] {
	const stretches: Stretch[] = [];
	let at = 0;
	for (const [index, segment] of segments.entries()) {
		const missing = segment.startFrame - at;
		if (missing > 0) stretches.push({ segment: null, startFrame: at, frames: missing });
		const end = segments[index + 1]?.startFrame ?? Number.POSITIVE_INFINITY;
		const frames = Math.max(0, Math.min(segment.frames, end - segment.startFrame));
		if (frames > 0) stretches.push({ segment, startFrame: segment.startFrame, frames });
		at = segment.startFrame + frames;
	}
	return stretches;
}

export function totalFrames(stretches: readonly Stretch[]): number {
	const last = stretches.at(-1);
	return last ? last.startFrame + last.frames : 0;
}

const joinedFilename = "audio.joined.wav";

/**
 * Makes one audio file of the segments, under the final header, and hashes it on the way. Afterwards
 * `audio.wav` is whole and synced, and the other segments are gone: each only after what was copied
 * of it had been synced and read back.
 *
 * Segments that were left for their length, or on a full disk, are appended to the first one in place, which needs the
 * space of none: positions follow from the names, so that doing it again after a crash writes the
 * same bytes to the same places. After an error of the disk the first file is not trusted with more:
 * all is copied to a new one.
 *
 * @throws ERR_DAMAGED where what was copied does not read back; then every segment is still there
 */
export async function joinSegments(
	folder: string,
	segments: readonly Segment[],
	header: Uint8Array,
	frameBytes: number,
): Promise<FileFacts> {
	const stretches = stretchesOf(segments);
	const inPlace =
		!segments.some(({ afterError }) => afterError) && stretches[0]?.segment?.file === firstSegment;
	const targetPath = join(folder, inPlace ? firstSegment : joinedFilename);
	if (!inPlace) await rm(targetPath, { force: true });
	step("join:open");
	const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
	const target = await open(
		targetPath,
		O_RDWR | O_NOFOLLOW | (inPlace ? 0 : O_CREAT | O_EXCL),
		0o600,
	);
	let isWhole = false;
	const hash = createHash("sha256").update(header);
	const sizeBytes = header.length + totalFrames(stretches) * frameBytes;
	try {
		const writeback = startWriteback(target);
		for (const { segment, startFrame, frames } of stretches) {
			const place = { at: header.length + startFrame * frameBytes, bytes: frames * frameBytes };
			if (segment === null) hashZeros(hash, place.bytes);
			else if (inPlace && segment.file === firstSegment) {
				const range = { start: place.at, end: place.at + place.bytes };
				for await (const chunk of readAhead(target, range)) hash.update(chunk);
			} else {
				const path = join(folder, segment.file);
				await append({ path, from: header.length }, { target, ...place }, writeback, (chunk) =>
					hash.update(chunk),
				);
				// Where space is short, the next one needs what this one gives back.
				if (inPlace) await rm(path);
			}
		}
		await writeback.settled();
		step("join:header");
		await target.truncate(sizeBytes);
		await writeAll(target, header, 0);
		step("join:sync");
		await target.sync();
		isWhole = true;
	} finally {
		await target.close();
		// Half a copy would only take the space that the next attempt needs.
		if (!isWhole && !inPlace) await rm(targetPath, { force: true }).catch(() => undefined);
	}
	if (!inPlace) await rename(targetPath, join(folder, firstSegment));
	for (const { file } of segments) {
		if (file !== firstSegment) await rm(join(folder, file), { force: true });
	}
	return { sha256: hash.digest("hex"), sizeBytes };
}

/** Copies a segment's samples to their place, syncs them there, and reads them back. */
async function append(
	source: { path: string; from: number },
	{ target, at, bytes }: { target: FileHandle; at: number; bytes: number },
	writeback: Writeback,
	onChunk: (chunk: Buffer) => void,
): Promise<void> {
	const handle = await open(source.path, "r");
	let copied = 0;
	let sum = 0;
	try {
		const range = { start: source.from, end: source.from + bytes };
		for await (const chunk of readAhead(handle, range)) {
			const writing = writeAll(target, chunk, at + copied);
			onChunk(chunk);
			sum = crc32(chunk, sum);
			await writing;
			copied += chunk.length;
			await writeback.wrote(chunk.length);
		}
	} finally {
		await handle.close();
	}
	await writeback.settled();
	step("join:sync-segment");
	await target.datasync();
	let back = 0;
	for await (const chunk of readAhead(target, { start: at, end: at + bytes })) {
		back = crc32(chunk, back);
	}
	if (copied === bytes && back === sum) return;
	throw new OnwaxError("ERR_DAMAGED", `${source.path} does not read back as it was copied.`, {
		hint: "The disk may be failing. Nothing was removed; copy the folder to another disk.",
	});
}

const zeros = Buffer.alloc(1024 * 1024);

function hashZeros(hash: { update(bytes: Uint8Array): unknown }, bytes: number): void {
	for (let left = bytes; left > 0; left -= zeros.length) {
		hash.update(left < zeros.length ? zeros.subarray(0, left) : zeros);
	}
}
