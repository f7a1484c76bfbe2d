import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { readAhead } from "../durable/hash-file.ts";
import { readAt } from "../durable/read-at.ts";
import { writeAll } from "../durable/write-all.ts";
import { systemErrorCode } from "../errors.ts";
import type { AudioFacts, FileFacts } from "../recording.ts";
import {
	buildWavHeader,
	declaredDataEnd,
	parseWav,
	type WavFacts,
	type WavHeaderFields,
	wavHeaderBytes,
} from "../wav.ts";

const headBytes = 64 * 1024;
/** Header and trailer are remembered in metadata.json, which must stay small. */
const longestEnvelopeBytes = 64 * 1024;

export type WavLie = { facts: WavFacts; message: string };

/** What a WAVE header says wrongly about the samples that follow it; null where it tells the truth. */
export async function findWavLie(path: string): Promise<WavLie | null> {
	return withFile(path, async (file) => {
		const { size } = await file.stat();
		const head = await readAt(file, 0, headBytes);
		let facts = parseWav(head, size);
		if (facts === null) return null;
		const end = declaredDataEnd(facts);
		if (end < size) facts = parseWav(head, size, await readAt(file, end, headBytes));
		if (facts === null || facts.payloadBytes === 0) return null;
		const there = `${facts.payloadBytes} bytes of them are there`;
		if (!facts.sizeHonest) {
			// Beyond 4 GiB a plain RIFF file has no other way to say it.
			if (size > 0xffffffff && facts.form === "RIFF") return null;
			return {
				facts,
				message: `its header declares ${facts.declaredDataBytes} bytes of samples; ${there}`,
			};
		}
		if (facts.encoding !== "other" && facts.declaredDataBytes % facts.blockAlign !== 0) {
			return { facts, message: `it ends in the middle of a sample; ${there}` };
		}
		return null;
	});
}

/**
 * Whether a WAVE file that is not what it was still holds samples that anything can play. False for
 * whatever is no WAVE, or cannot be read: nothing is known about it then.
 */
export async function hasSamples(path: string): Promise<boolean> {
	try {
		return await withFile(path, async (file) => {
			const { size } = await file.stat();
			const facts = parseWav(await readAt(file, 0, headBytes), size);
			return facts !== null && facts.encoding !== "other" && facts.payloadBytes > 0;
		});
	} catch (error) {
		if (systemErrorCode(error) === null) throw error;
		return false;
	}
}

export type MendedWav = { file: FileFacts; headerBase64: string; trailerBase64: string };

/**
 * Writes the same samples behind a header that tells the truth. The file as it came can be rebuilt
 * byte for byte: header + samples + trailer, which is proved here against its checksum.
 *
 * @returns null where that cannot be done; then nothing is left at `targetPath`
 */
export async function mendWav(
	path: string,
	listed: FileFacts,
	facts: WavFacts,
	targetPath: string,
): Promise<MendedWav | null> {
	const { dataOffset, payloadBytes, trailerBytes } = facts;
	if (facts.form !== "RIFF" || dataOffset + trailerBytes > longestEnvelopeBytes) return null;
	const padBytes = payloadBytes % 2;
	const riffBytes = dataOffset - 8 + payloadBytes + padBytes;
	if (riffBytes >= 0xffffffff) return null;
	return withFile(path, async (file) => {
		const header = await readAt(file, 0, dataOffset);
		const trailer = await readAt(file, dataOffset + payloadBytes, trailerBytes);
		const honest = Buffer.from(header);
		honest.writeUInt32LE(riffBytes, 4);
		honest.writeUInt32LE(payloadBytes, dataOffset - 4);
		const original = createHash("sha256").update(header);
		const mended = createHash("sha256").update(honest);
		const target = await open(targetPath, "wx", 0o600);
		try {
			await writeAll(target, honest, 0);
			let at = 0;
			for await (const chunk of readAhead(file)) {
				const from = Math.max(0, dataOffset - at);
				const samples = chunk.subarray(from, Math.max(from, dataOffset + payloadBytes - at));
				original.update(samples);
				mended.update(samples);
				await writeAll(target, samples, at + from);
				at += chunk.length;
			}
			if (padBytes > 0) {
				mended.update(Buffer.alloc(1));
				await writeAll(target, Buffer.alloc(1), dataOffset + payloadBytes);
			}
			if (original.update(trailer).digest("hex") !== listed.sha256) return null;
			await target.sync();
		} finally {
			await target.close();
		}
		return {
			file: { sha256: mended.digest("hex"), sizeBytes: dataOffset + payloadBytes + padBytes },
			headerBase64: header.toString("base64"),
			trailerBase64: trailer.toString("base64"),
		};
	});
}

/**
 * The classic header that, in front of the samples that are there, gives exactly the file that is
 * listed: the checksum proves it. Null where the damage is elsewhere.
 */
export async function findLostHeader(
	path: string,
	listed: FileFacts,
	audio: AudioFacts,
): Promise<Uint8Array | null> {
	const fields = headerFields(audio);
	if (fields === null || listed.sizeBytes <= wavHeaderBytes) return null;
	const dataBytes = listed.sizeBytes - wavHeaderBytes;
	const candidates = [dataBytes, dataBytes - 1, null].map((bytes) => {
		const header = buildWavHeader({ ...fields, dataBytes: bytes });
		return { header, hash: createHash("sha256").update(header) };
	});
	return withFile(path, async (file) => {
		let skip = wavHeaderBytes;
		for await (const chunk of readAhead(file)) {
			for (const { hash } of candidates) hash.update(chunk.subarray(skip));
			skip = 0;
		}
		const right = candidates.find(({ hash }) => hash.digest("hex") === listed.sha256);
		return right?.header ?? null;
	});
}

/** Copies a file with another beginning; synced when it returns. */
export async function copyWithHeader(
	path: string,
	header: Uint8Array,
	targetPath: string,
): Promise<FileFacts> {
	return withFile(path, async (file) => {
		const hash = createHash("sha256");
		const target = await open(targetPath, "wx", 0o600);
		try {
			let at = 0;
			for await (const chunk of readAhead(file)) {
				if (at === 0) chunk.set(header);
				hash.update(chunk);
				await writeAll(target, chunk, at);
				at += chunk.length;
			}
			await target.sync();
			return { sha256: hash.digest("hex"), sizeBytes: at };
		} finally {
			await target.close();
		}
	});
}

function headerFields({ codec, sampleRate, channels, bitDepth }: AudioFacts) {
	if (!codec?.startsWith("pcm_") || !sampleRate || !channels) return null;
	const encoding: WavHeaderFields["encoding"] = codec.startsWith("pcm_f") ? "float" : "pcm";
	const depth = ([8, 16, 24, 32, 64] as const).find((bits) => bits === bitDepth);
	return depth ? { encoding, sampleRate, channels, bitDepth: depth } : null;
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
	const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
	try {
		return await use(file);
	} finally {
		await file.close();
	}
}
