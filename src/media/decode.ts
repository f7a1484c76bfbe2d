import type { Frame } from "node-av/lib";
import { OnwaxError } from "../errors.ts";
import { eachFrame, withAudioInput } from "./av-input.ts";
import { createFlacFile } from "./flac-writer.ts";
import type { DecodeResult, DecodeTarget, Progress } from "./messages.ts";
import { createOpusFile } from "./opus-writer.ts";
import { reportingBeat } from "./progress.ts";
import { openResampler } from "./resample.ts";
import type { SampleWriter } from "./sample-writer.ts";
import { openSpan } from "./span.ts";
import { createWavFile } from "./wav-writer.ts";

const opusBitRatePerChannel = 24_000;
const opusSampleRates = [8000, 12_000, 16_000, 24_000, 48_000];

/** Converts anything readable to what an engine asks for, in constant memory. */
export async function decode(
	path: string,
	target: DecodeTarget,
	report: (progress: Progress) => void,
): Promise<DecodeResult> {
	return withAudioInput(path, async (input) => {
		const span = target.span ? await openSpan(input, target.span, target) : null;
		const writer = openWriter(target);
		let samples = 0;
		const resampler = openResampler(target.sampleRate, target.channels, (bytes, count) => {
			if (span !== null) return span.cut(bytes, writer.write);
			samples += count;
			writer.write(bytes);
		});
		const tick = reportingBeat(input.durationSeconds, report);
		try {
			const decoded = () => (span?.samples() ?? samples) / target.sampleRate;
			const push = (frame: Frame) => {
				if (span === null || span.isWanted(frame)) resampler.push(frame);
			};
			const options = span === null ? {} : { isEnough: span.isEnough };
			await eachFrame(input, () => tick(decoded()), push, options);
			resampler.flush();
			const sizeBytes = await writer.finish();
			return { durationSeconds: decoded(), sizeBytes };
		} finally {
			resampler.close();
			writer.close();
		}
	});
}

function openWriter(target: DecodeTarget): SampleWriter {
	const { outputPath, sampleRate, channels } = target;
	switch (target.container) {
		case "wav":
			return createWavFile(outputPath, sampleRate, channels);
		case "flac":
			return createFlacFile(outputPath, sampleRate, channels);
		case "ogg-opus":
			if (!opusSampleRates.includes(sampleRate))
				throw new OnwaxError("ERR_UNSUPPORTED", `Opus has no sample rate of ${sampleRate} Hz.`, {
					hint: `Choose one of ${opusSampleRates.join(", ")}.`,
				});
			return createOpusFile(outputPath, {
				sampleRate,
				channels,
				bitRate: target.bitRate ?? opusBitRatePerChannel * channels,
				application: "voip",
			});
	}
}
