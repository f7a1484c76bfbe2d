import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ffmpeg, mediaForTests } from "../../test/audio.ts";
import { needs } from "../../test/outside-program.ts";
import { buildWavHeader } from "../wav.ts";

const rate = 16_000;

/** Every second sounds different from every other, so that a stretch from elsewhere shows. */
function risingTone(seconds: number): Buffer {
	const samples = Buffer.alloc(seconds * rate * 2);
	let phase = 0;
	for (let at = 0; at < samples.length; at += 2) {
		phase += (2 * Math.PI * (200 + (at / 2 / rate) * 37)) / rate;
		samples.writeInt16LE(Math.round(12_000 * Math.sin(phase)), at);
	}
	const fields = { encoding: "pcm", sampleRate: rate, channels: 1, bitDepth: 16 } as const;
	return Buffer.concat([buildWavHeader({ ...fields, dataBytes: samples.length }), samples]);
}

/** Matroska counts in milliseconds, and rounds where a stream begins as well. */
const coarseSamples = (2 * rate) / 1000;

function furthestApart(there: Int16Array, part: Int16Array, shift: number): number {
	let most = 0;
	for (let at = coarseSamples; at < there.length - coarseSamples; at++) {
		const [one, other] = [there[at] ?? 0, part[at + shift]];
		if (other !== undefined) most = Math.max(most, Math.abs(one - other));
	}
	return most;
}

function leastApart(there: Int16Array, part: Int16Array): number {
	let least = Number.POSITIVE_INFINITY;
	for (let shift = -coarseSamples; shift <= coarseSamples; shift++) {
		least = Math.min(least, furthestApart(there, part, shift));
	}
	return least;
}

describe("a stretch of a file", () => {
	const { folder, media } = mediaForTests();
	const source = join(folder, "source.wav");
	writeFileSync(source, risingTone(20));
	const decoded = async (path: string, span?: { startSeconds: number; endSeconds: number }) => {
		const outputPath = join(folder, "out.wav");
		const target = { container: "wav", sampleRate: rate, channels: 1 } as const;
		await media.decode(path, { ...target, outputPath, ...(span ? { span } : {}) });
		const bytes = readFileSync(outputPath).subarray(44);
		return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
	};
	const spans = [
		{ startSeconds: 0, endSeconds: 0.5 },
		{ startSeconds: 0.3, endSeconds: 1.7 },
		{ startSeconds: 12.345, endSeconds: 14.5 },
		{ startSeconds: 19.5, endSeconds: 30 },
		{ startSeconds: 25, endSeconds: 30 },
	];

	for (const name of ["source.wav", "a.flac", "a.mp3", "a.ogg", "a.m4a", "a.webm"]) {
		test(`of ${name} is what the whole decodes to there`, async (t) => {
			const path = join(folder, name);
			if (name !== "source.wav") {
				if (!needs(t, "ffmpeg", "ffmpeg")) return;
				ffmpeg("-i", source, path);
			}
			const whole = await decoded(path);
			const isExact = /wav|flac/.test(name);
			const isCoarse = name === "a.webm";
			for (const span of spans) {
				const part = await decoded(path, span);
				const from = Math.round(span.startSeconds * rate);
				const there = whole.subarray(from, Math.round(span.endSeconds * rate));
				const about = `${name} from ${span.startSeconds}`;
				const inexact = isCoarse ? coarseSamples : 2;
				assert.ok(Math.abs(part.length - there.length) <= (isExact ? 0 : inexact), about);
				// One sample beside it is above a thousand, and elsewhere above twenty.
				const worst = isCoarse ? leastApart(there, part) : furthestApart(there, part, 0);
				assert.ok(worst <= (isExact ? 0 : isCoarse ? 3000 : 600), `${about}: ${worst}`);
			}
		});
	}
});
