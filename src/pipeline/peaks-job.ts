import { rm } from "node:fs/promises";
import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { moveFile } from "../durable/move-file.ts";
import { partName } from "../durable/part-name.ts";
import { preparedName } from "../durable/prepared-file.ts";
import { settle } from "../jobs/queue.ts";
import type { JobHandler } from "../jobs/worker.ts";
import { changeRecording } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import type { Media } from "../media/media.ts";
import { originalSha256, type Recording, shelfOf } from "../recording.ts";
import { requireToken } from "./job-token.ts";
import { peaksFilename } from "./pipeline.ts";

/** Peaks for what is not compressed here; made anew where they are missing. */
export function peaksHandler(library: Library, media: Media): JobHandler {
	return async (job, signal) => {
		const recording = await library.catalogue.get(job.recording);
		if (!recording || recording.metadata.files[peaksFilename]) return { kind: "done" };
		const { metadata } = recording;
		const scratchPath = join((await library.writer()).folder, partName(peaksFilename));
		const target = { outputPath: scratchPath, sourceSha256: originalSha256(metadata) };
		try {
			const result = await whereItLies(library, recording, (audioPath) =>
				media.peaks(audioPath, target, { signal }),
			);
			await changeRecording(
				library,
				job.recording,
				async (held) => {
					await requireToken(library, job);
					const prepared = preparedName(peaksFilename, result.file.sha256);
					await moveFile(scratchPath, join(held.folder, prepared));
					return { fields: { files: { ...held.metadata.files, [peaksFilename]: result.file } } };
				},
				async (tx) => {
					await settle(tx, job, { state: "done" });
				},
			);
			return { kind: "settled" };
		} finally {
			await rm(scratchPath, { force: true });
		}
	};
}

/**
 * Reads a recording's audio although its folder may move meanwhile, as it does when its text is there:
 * who finds it gone looks where it went. The samples are the same in every place.
 */
async function whereItLies<T>(
	library: Library,
	recording: Recording,
	read: (audioPath: string) => Promise<T>,
): Promise<T> {
	const pathOf = ({ metadata }: Recording) =>
		join(recordingFolder(library.layout, shelfOf(metadata), metadata.name), metadata.audioFile);
	for (let path = pathOf(recording); ; ) {
		try {
			return await read(path);
		} catch (error) {
			const now = await library.catalogue.get(recording.metadata.name);
			const next = now && pathOf(now);
			if (next === null || next === path) throw error;
			path = next;
		}
	}
}
