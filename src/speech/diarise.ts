import { availableParallelism } from "node:os";
import { basename, dirname } from "node:path";
import type { Progress } from "../processes/messages.ts";
import { badModel } from "./failures.ts";
import { loadingStage, type SpeechRequest, workingStage } from "./requests.ts";
import { loadSherpa, type OfflineSpeakerDiarization } from "./sherpa-native.ts";
import type { SpeakerTurn } from "./speech.ts";
import { readAllSamples, speechSampleRate } from "./wav-samples.ts";

type DiariseRequest = Extract<SpeechRequest, { verb: "diarise" }>;

/** Voices closer than this are one; from the library's own examples. */
const clusterThreshold = 0.5;

/**
 * Who speaks when. Voices are compared over the whole recording, so all of it is in memory: 230 MB for
 * an hour, in this process, which ends soon after.
 */
export async function diarise(
	{ wavPath, models, count }: DiariseRequest,
	report: (progress: Progress) => void,
): Promise<SpeakerTurn[]> {
	const samples = await readAllSamples(wavPath);
	const at = { doneSeconds: 0, totalSeconds: samples.length / speechSampleRate };
	report({ ...at, stage: loadingStage });
	const threads = { numThreads: Math.min(4, availableParallelism()), debug: false };
	const config = {
		segmentation: { pyannote: { model: models.segmentation }, ...threads },
		embedding: { model: models.embedding, ...threads },
		clustering: { numClusters: count ?? -1, threshold: clusterThreshold },
		minDurationOn: 0.3,
		minDurationOff: 0.5,
	};
	const diarisation = load(config, basename(dirname(models.embedding)));
	report({ ...at, stage: workingStage });
	// Messages go out before the library blocks this thread.
	await new Promise((resume) => setImmediate(resume));
	const turns = diarisation.process(samples);
	return inOrderOfAppearance(
		turns.map(({ start, end, speaker }) => ({
			...{ startSeconds: start, endSeconds: Math.min(end, at.totalSeconds), speaker },
		})),
	);
}

/** Sorts turns by their starts, and numbers speakers as they are first heard. */
export function inOrderOfAppearance(turns: readonly SpeakerTurn[]): SpeakerTurn[] {
	const sorted = [...turns].sort((a, b) => a.startSeconds - b.startSeconds);
	const order = [...new Set(sorted.map(({ speaker }) => speaker))];
	return sorted.map((turn) => ({ ...turn, speaker: order.indexOf(turn.speaker) }));
}

function load(config: Record<string, unknown>, name: string): OfflineSpeakerDiarization {
	try {
		return new (loadSherpa().OfflineSpeakerDiarization)(config);
	} catch (error) {
		throw badModel(name, error);
	}
}
