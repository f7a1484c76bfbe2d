import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { partName } from "../durable/part-name.ts";
import { settle } from "../jobs/queue.ts";
import type { JobHandler } from "../jobs/worker.ts";
import { changeRecording } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import type { Media } from "../media/media.ts";
import { originalSha256, shelfOf } from "../recording.ts";
import { peaksFilename } from "./pipeline.ts";

/** Peaks for what is not compressed here; made anew where they are missing. */
export function peaksHandler(library: Library, media: Media): JobHandler {
	return async (job, signal) => {
		const recording = await library.catalogue.get(job.recording);
		if (!recording || recording.metadata.files[peaksFilename]) return { kind: "done" };
		const { metadata } = recording;
		const folder = recordingFolder(library.layout, shelfOf(metadata), metadata.name);
		const part = partName(peaksFilename);
		try {
			const target = { outputPath: join(folder, part), sourceSha256: originalSha256(metadata) };
			const result = await media.peaks(join(folder, metadata.audioFile), target, { signal });
			await changeRecording(
				library,
				job.recording,
				async (held) => {
					await rename(join(held.folder, part), join(held.folder, peaksFilename));
					return { fields: { files: { ...held.metadata.files, [peaksFilename]: result.file } } };
				},
				async (tx) => {
					await settle(tx, job, { state: "done" });
				},
			);
			return { kind: "settled" };
		} catch (error) {
			await rm(join(folder, part), { force: true });
			throw error;
		}
	};
}
