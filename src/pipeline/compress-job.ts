import { rm } from "node:fs/promises";
import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { moveFile } from "../durable/move-file.ts";
import { partName } from "../durable/part-name.ts";
import { preparedName } from "../durable/prepared-file.ts";
import { OnwaxError } from "../errors.ts";
import type { Job } from "../job.ts";
import { enqueue, settle } from "../jobs/queue.ts";
import type { JobHandler } from "../jobs/worker.ts";
import { type Change, changeRecording, type Held } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import type { Media } from "../media/media.ts";
import type { Compressed } from "../media/messages.ts";
import { audioFileFacts, shelfOf } from "../recording.ts";
import { requireToken } from "./job-token.ts";
import { isCompressible, type PipelineSettings, peaksFilename } from "./pipeline.ts";

export type CompressContext = { library: Library; media: Media; settings: PipelineSettings };

/**
 * Puts FLAC (or Opus) in the place of a WAV (D0.8). The media child proves that the WAV can be had
 * back from what it wrote; only then do metadata.json name the new file and the WAV go. A WAV that
 * cannot be had back stays, and an event in the metadata says why.
 */
export function compressHandler({ library, media, settings }: CompressContext): JobHandler {
	return async (job, signal) => {
		const recording = await library.catalogue.get(job.recording);
		if (!recording || !isCompressible(recording.metadata)) return { kind: "done" };
		const { metadata } = recording;
		const folder = recordingFolder(library.layout, shelfOf(metadata), metadata.name);
		const format = job.parameters.format === "opus" ? "opus" : "flac";
		const audioFile = format === "flac" ? "audio.flac" : "audio.opus";
		// In the writer's own folder: what a crash leaves there goes with it.
		const scratch = (await library.writer()).folder;
		const audioPath = join(scratch, partName(audioFile));
		const peaksPath = join(scratch, partName(peaksFilename));
		const withPeaks = settings.peaks && format === "flac";
		try {
			const result = await media.compress(
				join(folder, metadata.audioFile),
				{ format, outputPath: audioPath, ...(withPeaks ? { alsoPeaksPath: peaksPath } : {}) },
				{ signal },
			);
			await changeRecording(
				library,
				job.recording,
				async (held) => {
					await requireToken(library, job);
					if (result.kept !== null) return keepAsIs(held, result.kept);
					return replace(held, result, { audioFile, audioPath, peaksPath });
				},
				(tx, after) => settleAndGoOn(tx, job, settings.peaks && !after.files[peaksFilename]),
			);
			return { kind: "settled" };
		} finally {
			for (const path of [audioPath, peaksPath]) await rm(path, { force: true });
		}
	};
}

function keepAsIs({ metadata }: Held, reason: string): Change {
	const event = { at: new Date().toISOString(), kind: "not-compressed", message: reason };
	return { fields: { events: [...metadata.events, event] } };
}

async function replace(
	{ folder, metadata }: Held,
	result: Compressed,
	made: { audioFile: string; audioPath: string; peaksPath: string },
): Promise<Change | null> {
	// Compressed by another worker meanwhile, or no longer the file that was read.
	if (!isCompressible(metadata)) return null;
	if (result.original.sha256 !== audioFileFacts(metadata).sha256) {
		throw new OnwaxError("ERR_DAMAGED", `${metadata.audioFile} is not what its checksum says.`, {
			hint: `Run \`onwax validate ${metadata.name}\`; nothing was changed.`,
		});
	}
	const { [metadata.audioFile]: _, ...files } = metadata.files;
	files[made.audioFile] = result.file;
	const prepared = (file: string, sha256: string) => join(folder, preparedName(file, sha256));
	await moveFile(made.audioPath, prepared(made.audioFile, result.file.sha256));
	if (result.peaks) {
		files[peaksFilename] = result.peaks;
		await moveFile(made.peaksPath, prepared(peaksFilename, result.peaks.sha256));
	}
	return {
		fields: {
			audioFile: made.audioFile,
			audio: result.audio,
			original: result.original,
			files,
		},
		superseded: [metadata.audioFile],
	};
}

async function settleAndGoOn(
	tx: Parameters<typeof settle>[0],
	job: Job,
	peaksMissing: boolean,
): Promise<void> {
	await settle(tx, job, { state: "done" });
	if (peaksMissing) await enqueue(tx, [{ recording: job.recording, kind: "peaks" }]);
}
