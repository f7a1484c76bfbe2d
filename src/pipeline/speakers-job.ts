import { recordingFolder } from "../archive/layout.ts";
import { readTranscript } from "../archive/transcript-file.ts";
import { settle } from "../jobs/queue.ts";
import type { JobHandler } from "../jobs/worker.ts";
import { shelfOf } from "../recording.ts";
import { isStale, readSpeakers } from "../speakers/speakers-file.ts";
import type { DiarisationModels } from "../speech/speech.ts";
import { requireSettled, requireToken } from "./job-token.ts";
import { type SpeakersContext, tellSpeakersApart, whyNotApart } from "./tell-speakers-apart.ts";

export type SpeakersJobContext = SpeakersContext & {
	/** Null where they are not there, or nobody wants them used. */
	models: DiarisationModels | null;
	/** How many speakers there are; null finds out. */
	count: number | null;
};

/**
 * Who says what, after the text and never in its way: whatever becomes of this job, the recording's
 * state, text and error stay as they are. What was told apart before is not told apart again.
 */
export function speakersHandler(context: SpeakersJobContext): JobHandler {
	const { library, models, count } = context;
	return async (job, signal) => {
		const recording = await library.catalogue.get(job.recording);
		if (!recording || recording.metadata.deletedAt !== null || models === null) {
			return { kind: "done" };
		}
		const { metadata } = recording;
		const folder = recordingFolder(library.layout, shelfOf(metadata), metadata.name);
		const reason = whyNotApart(metadata, await readTranscript(folder));
		if (reason !== null) {
			const about = { recording: metadata.name, code: reason.code };
			library.log.info({ ...about, reason: reason.message }, "speakers are not told apart");
			return { kind: "done" };
		}
		if (!isStale(await readSpeakers(folder), metadata)) return { kind: "done" };
		await tellSpeakersApart(
			context,
			metadata,
			{ models, count, signal },
			{
				before: () => requireToken(library, job),
				inSameTransaction: async (tx) => {
					await requireSettled(await settle(tx, job, { state: "done" }));
				},
			},
		);
		return { kind: "settled" };
	};
}
