import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { partName } from "../durable/part-name.ts";
import { OnwaxError } from "../errors.ts";
import { speechSampleRate } from "../speech/wav-samples.ts";
import { wavHeaderBytes } from "../wav.ts";
import type { App } from "./open-app.ts";
import { audioPath } from "./recording-json.ts";
import { notFound } from "./resolve.ts";

export const mostSampledSeconds = 120;
const mostTries = 3;

/**
 * A stretch of a recording as 16 kHz mono, signed 16 bits, little-endian; shorter where the audio
 * ends before. It is decoded in the media child.
 *
 * @throws ERR_NOT_FOUND; ERR_USAGE for a stretch that is empty or too long; ERR_AUDIO_UNREADABLE
 */
export async function readSamples(
	{ library, media }: App,
	name: string,
	span: { startSeconds: number; endSeconds: number },
	signal: AbortSignal,
): Promise<Buffer> {
	const seconds = span.endSeconds - span.startSeconds;
	if (!(seconds > 0 && seconds <= mostSampledSeconds && span.startSeconds >= 0)) {
		throw new OnwaxError("ERR_USAGE", "That is no stretch that can be sampled.", {
			hint: `\`from\` is where it begins, \`to\` where it ends, in seconds: at most ${mostSampledSeconds} in all.`,
		});
	}
	const { folder } = await library.writer();
	const outputPath = join(folder, partName("samples.wav"));
	const format = { container: "wav", sampleRate: speechSampleRate, channels: 1 } as const;
	try {
		for (let tries = 1; ; tries++) {
			const recording = await library.catalogue.get(name);
			if (recording === null) throw notFound(name);
			try {
				const path = audioPath(library.layout, recording);
				await media.decode(path, { outputPath, ...format, span }, { signal });
				return (await readFile(outputPath)).subarray(wavHeaderBytes);
			} catch (error) {
				const isGone = error instanceof OnwaxError && error.code === "ERR_NOT_FOUND";
				// The folder was moved, or the audio compressed: it is looked for once more.
				if (!isGone || tries === mostTries) throw error;
				await sleep(50 * tries);
			}
		}
	} finally {
		await rm(outputPath, { force: true });
	}
}
