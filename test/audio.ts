/** Audio for tests: made here or by the ffmpeg program, never brought along. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type Media, type MediaOptions, openMedia } from "../src/media/media.ts";
import { buildWavHeader } from "../src/wav.ts";

/** A folder and a media that are gone when the suite is over. */
export function mediaForTests(options: MediaOptions = {}): { folder: string; media: Media } {
	const folder = mkdtempSync(join(tmpdir(), "onwax-media-"));
	const media = openMedia(options);
	after(async () => {
		await media.close();
		rmSync(folder, { recursive: true, force: true });
	});
	return { folder, media };
}

export type Layout = { sampleRate: number; channels: number; bitDepth: 8 | 16 | 24 };

/** Interleaved samples as a WAVE file holds them: a tone for each channel, and seeded noise. */
export function tonePcm(layout: Layout, blocks: number, seed = 1): Buffer {
	const { sampleRate, channels, bitDepth } = layout;
	const bytes = bitDepth / 8;
	const samples = Buffer.alloc(blocks * channels * bytes);
	const peak = 2 ** (bitDepth - 1) - 1;
	let noise = seed >>> 0;
	for (let at = 0, index = 0; at < samples.length; at += bytes, index++) {
		noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
		const channel = index % channels;
		const seconds = Math.floor(index / channels) / sampleRate;
		const tone = 0.6 * Math.sin(2 * Math.PI * 220 * (channel + 1) * seconds);
		const value = Math.round(peak * (tone + 0.1 * (noise / 2 ** 32 - 0.5)));
		if (bitDepth === 8) samples.writeUInt8(value + 128, at);
		else samples.writeIntLE(value, at, bytes);
	}
	return samples;
}

/** A whole WAVE file of `seconds`. */
export function toneWav(layout: Layout, seconds: number): Buffer {
	const samples = tonePcm(layout, Math.round(seconds * layout.sampleRate));
	return Buffer.concat([
		buildWavHeader({ encoding: "pcm", ...layout, dataBytes: samples.length }),
		samples,
	]);
}

export function riffChunk(id: string, content: Buffer): Buffer {
	const header = Buffer.alloc(8);
	header.write(id, "latin1");
	header.writeUInt32LE(content.length, 4);
	return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}

export function ffmpeg(...args: string[]): void {
	execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args], { stdio: "pipe" });
}

/** Seconds as ffprobe knows them, or null. */
export function ffprobeDuration(path: string): number | null {
	const args = ["-v", "quiet", "-show_entries", "format=duration", "-of", "csv=p=0", path];
	const answer = Number.parseFloat(execFileSync("ffprobe", args, { encoding: "utf8" }));
	return Number.isFinite(answer) ? answer : null;
}
