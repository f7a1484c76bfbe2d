import { closeSync, constants as fsConstants, fstatSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { declaredDataEnd, parseWav, type WavFacts } from "../wav.ts";
import type { ProbeFacts } from "./messages.ts";

/** Reaches the samples in every ordinary file, and the end of most trailers. */
export const headBytes = 64 * 1024;

/** Enough to find the samples in nearly every file; the rest is read only where this is not. */
const firstBytes = 4096;

/** The WAVE header of an open file; null where it is no WAVE file. */
export function readWavFacts(fd: number): WavFacts | null {
	const sizeBytes = fstatSync(fd).size;
	const head = readAt(fd, 0, headBytes);
	const facts = parseWav(head, sizeBytes);
	if (facts === null || declaredDataEnd(facts) >= sizeBytes) return facts;
	return parseWav(head, sizeBytes, readAt(fd, declaredDataEnd(facts), headBytes));
}

/** Reads up to `length` bytes; fewer only at the end of the file. */
export function readAt(fd: number, position: number, length: number): Buffer {
	const buffer = Buffer.alloc(length);
	return buffer.subarray(0, readFully(fd, buffer, position));
}

/** Fills `buffer` as far as the file reaches; a short read is not an end. */
export function readFully(fd: number, buffer: Buffer, position: number): number {
	let done = 0;
	while (done < buffer.length) {
		const got = readSync(fd, buffer, done, buffer.length - done, position + done);
		if (got === 0) break;
		done += got;
	}
	return done;
}

/**
 * The facts of a plain PCM WAVE file, read in this process: parsing it is safe code of our own and
 * takes a fraction of a millisecond. Null where a decoder has to look. Not for other threads to
 * wait on: all reads are asynchronous. System errors pass through.
 */
export async function probePlainWav(path: string): Promise<ProbeFacts | null> {
	// Not blocking: opening a named pipe would otherwise wait for a writer for ever.
	const file = await open(path, fsConstants.O_RDONLY | (fsConstants.O_NONBLOCK ?? 0));
	try {
		const stat = await file.stat();
		if (!stat.isFile()) return null;
		const read = async (position: number, length: number) => {
			const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
			return buffer.subarray(0, bytesRead);
		};
		let head = await read(0, firstBytes);
		if (head.toString("latin1", 8, 12) !== "WAVE") return null;
		let facts = parseWav(head, stat.size);
		if (facts === null) {
			head = await read(0, headBytes);
			facts = parseWav(head, stat.size);
		}
		if (facts === null) return null;
		const end = declaredDataEnd(facts);
		if (end < stat.size) facts = parseWav(head, stat.size, await read(end, headBytes));
		return facts === null ? null : wavProbeFacts(facts);
	} finally {
		await file.close();
	}
}

/** What `probe` says of a WAVE file; null for encodings that need a decoder. */
export function wavProbeFacts(facts: WavFacts): ProbeFacts | null {
	if (facts.encoding === "other") return null;
	const letter = facts.encoding === "float" ? "f" : facts.bitDepth === 8 ? "u" : "s";
	return {
		container: "wav",
		mimeType: "audio/wav",
		codec: `pcm_${letter}${facts.bitDepth}${facts.bitDepth === 8 ? "" : "le"}`,
		durationSeconds: facts.durationSeconds,
		sampleRate: facts.sampleRate,
		channels: facts.channels,
		bitDepth: facts.bitDepth,
	};
}

/** Opens a file for reading, hands it to `use`, closes it whatever happens. */
export async function withReadable<T>(path: string, use: (fd: number) => Promise<T>): Promise<T> {
	const fd = openSync(path, "r");
	try {
		return await use(fd);
	} finally {
		closeSync(fd);
	}
}
