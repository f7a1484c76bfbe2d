import { eachFrame, withAudioInput } from "./av-input.ts";
import type { PeaksResult, PeaksTarget, Progress } from "./messages.ts";
import { hashFile } from "./output-file.ts";
import { int16View } from "./pcm.ts";
import { createPeaksFile } from "./peaks-writer.ts";
import { reportingBeat } from "./progress.ts";
import { openResampler } from "./resample.ts";
import { unreadable } from "./unreadable.ts";

/** Waveform peaks of anything readable, in constant memory. */
export async function peaks(
	path: string,
	target: PeaksTarget,
	report: (progress: Progress) => void,
): Promise<PeaksResult> {
	return withAudioInput(path, async (input) => {
		const { sampleRate, channels } = input.stream.codecpar;
		if (sampleRate <= 0 || channels <= 0)
			throw unreadable("The audio in the file says neither its rate nor its channels.");
		const writer = createPeaksFile(target.outputPath, sampleRate, channels);
		let samples = 0;
		const resampler = openResampler(sampleRate, channels, (bytes, count) => {
			samples += count;
			writer.write(int16View(bytes));
		});
		const tick = reportingBeat(input.durationSeconds, report);
		try {
			await eachFrame(input, () => tick(samples / sampleRate), resampler.push);
			resampler.flush();
			await writer.finish(target.sourceSha256);
		} finally {
			resampler.close();
			writer.close();
		}
		return { durationSeconds: samples / sampleRate, file: await hashFile(target.outputPath) };
	});
}
