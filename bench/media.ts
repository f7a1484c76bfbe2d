import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMedia } from "../src/media/media.ts";
import { buildWavHeader } from "../src/wav.ts";
import type { Row } from "./row.ts";

const sampleRate = 44_100;
const channels = 2;

/**
 * FLAC and peaks of an hour of 44.1 kHz stereo, with the verification, against the ffmpeg program
 * doing the same: encode, decode again into a checksum, decode once more for the peaks. Needs the
 * ffmpeg program and 1.2 GB in the temporary folder; returns no rows without ffmpeg.
 */
export async function benchMedia(durationSeconds = 3600): Promise<Row[]> {
	if (spawnSync("ffmpeg", ["-version"]).status !== 0) return [];
	const folder = await mkdtemp(join(tmpdir(), "onwax-bench-media-"));
	const media = openMedia({ children: 1 });
	try {
		const wav = join(folder, "hour.wav");
		writeTone(wav, durationSeconds);
		const ours: number[] = [];
		const peer: number[] = [];
		let peakBytes = 0;
		// Taking turns, so that a busy moment of the machine hits both.
		for (let round = 0; round < 3; round++) {
			peer.push(timePeer(wav, join(folder, "peer.flac")));
			const startedMs = performance.now();
			const result = await media.compress(wav, {
				format: "flac",
				outputPath: join(folder, "ours.flac"),
				alsoPeaksPath: join(folder, "ours.peaks"),
			});
			if (result.kept !== null) throw new Error(result.kept);
			ours.push((performance.now() - startedMs) / 1000);
			peakBytes = Math.max(peakBytes, ...media.pids().map(peakRssBytes));
		}
		const oursSeconds = Math.min(...ours);
		const peerSeconds = Math.min(...peer);
		const rows: Row[] = [
			{
				what: "FLAC and peaks of one hour, verified",
				ours: oursSeconds,
				peer: peerSeconds,
				ratio: oursSeconds / peerSeconds,
				target: 1.3,
				unit: "s",
			},
		];
		const peakMb = peakBytes / 1e6;
		if (peakBytes > 0)
			rows.push({
				what: "FLAC and peaks of one hour, memory of the child",
				ours: peakMb,
				peer: null,
				ratio: peakMb,
				target: 200,
				unit: "MB",
			});
		return rows;
	} finally {
		await media.close();
		await rm(folder, { recursive: true, force: true });
	}
}

function timePeer(wav: string, flac: string): number {
	rmSync(flac, { force: true });
	const run = (...args: string[]) =>
		execFileSync("ffmpeg", ["-v", "error", "-nostdin", ...args], { stdio: "pipe" });
	const startedMs = performance.now();
	run("-i", wav, flac);
	run("-i", flac, "-f", "md5", "-");
	run("-i", flac, "-f", "null", "-");
	return (performance.now() - startedMs) / 1000;
}

/** The most memory a process ever had, where the system tells (Linux), else 0. */
function peakRssBytes(pid: number): number {
	try {
		const status = readFileSync(`/proc/${pid}/status`, "utf8");
		return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
	} catch {
		return 0;
	}
}

/** Tones and noise, a second that is written again and again with its loudness changed. */
function writeTone(path: string, durationSeconds: number): void {
	const dataBytes = durationSeconds * sampleRate * channels * 2;
	const fd = openSync(path, "w");
	try {
		writeSync(
			fd,
			buildWavHeader({ encoding: "pcm", sampleRate, channels, bitDepth: 16, dataBytes }),
		);
		const second = new Int16Array(sampleRate * channels);
		let noise = 1;
		for (let done = 0; done < durationSeconds; done++) {
			const loudness = 2000 + (done % 30) * 500;
			for (let index = 0; index < second.length; index++) {
				noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
				const tone = Math.sin((2 * Math.PI * 440 * (index >> 1)) / sampleRate);
				second[index] = loudness * (tone + (noise / 2 ** 31) * 0.1);
			}
			writeSync(fd, new Uint8Array(second.buffer));
		}
	} finally {
		closeSync(fd);
	}
}
