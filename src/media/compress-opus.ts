import { rmSync } from "node:fs";
import { eachFrame, withAudioInput } from "./av-input.ts";
import type { CompressResult, CompressTarget, Progress } from "./messages.ts";
import { createOpusFile } from "./opus-writer.ts";
import { hashFile } from "./output-file.ts";
import { probe } from "./probe.ts";
import { reportingBeat } from "./progress.ts";
import { openResampler } from "./resample.ts";

const opusSampleRate = 48_000;
const bitRatePerChannel = 48_000;

/** One Opus packet of 20 ms on top of what may be lost or gained at the ends. */
const toleranceSeconds = 0.1 + 0.02;

/**
 * Any audio of one or two channels to Opus in Ogg. The written file is decoded again to its end,
 * and must be as long as the original was.
 */
export async function compressOpus(
	path: string,
	target: CompressTarget,
	report: (progress: Progress) => void,
): Promise<CompressResult> {
	const { container: _, ...source } = await probe(path, report);
	const channels = source.channels ?? 0;
	if (channels < 1 || channels > 2)
		return { kept: `Opus is used for one or two channels, and this has ${channels}.` };
	const bitRate = target.bitRate ?? bitRatePerChannel * channels;
	const total = source.durationSeconds;
	const sourceSeconds = await withAudioInput(path, async (input) => {
		const writer = createOpusFile(target.outputPath, {
			sampleRate: opusSampleRate,
			channels,
			bitRate,
			application: "audio",
		});
		let samples = 0;
		const resampler = openResampler(opusSampleRate, channels, (bytes, count) => {
			samples += count;
			writer.write(bytes);
		});
		const tick = reportingBeat(total, report);
		try {
			await eachFrame(input, () => tick(samples / opusSampleRate), resampler.push);
			resampler.flush();
			await writer.finish();
		} finally {
			resampler.close();
			writer.close();
		}
		return samples / opusSampleRate;
	});
	const writtenSeconds = await decodedSeconds(target.outputPath, total, report);
	if (Math.abs(writtenSeconds - sourceSeconds) > toleranceSeconds) {
		rmSync(target.outputPath, { force: true });
		return { kept: "The Opus file is not as long as the original." };
	}
	return {
		kept: null,
		audio: {
			mimeType: "audio/ogg",
			codec: "opus",
			durationSeconds: writtenSeconds,
			sampleRate: opusSampleRate,
			channels,
			bitDepth: null,
		},
		file: await hashFile(target.outputPath),
		original: { ...(await hashFile(path)), ...source, headerBase64: null, trailerBase64: null },
		peaks: null,
	};
}

async function decodedSeconds(
	path: string,
	total: number | null,
	report: (progress: Progress) => void,
): Promise<number> {
	let samples = 0;
	const tick = reportingBeat(total, report);
	return withAudioInput(path, async (input) => {
		await eachFrame(
			input,
			() => tick(samples / opusSampleRate),
			(frame) => {
				samples += frame.nbSamples;
			},
		);
		return samples / opusSampleRate;
	});
}
