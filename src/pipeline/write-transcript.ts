import { errorFilename, prepareErrorFile } from "../archive/error-file.ts";
import {
	coverageFacts,
	prepareEngineOutput,
	prepareTranscript,
	readTranscript,
} from "../archive/transcript-file.ts";
import type { Attempt, Job } from "../job.ts";
import { settle } from "../jobs/queue.ts";
import { type Corrected, composeTranscript } from "../layers/compose-transcript.ts";
import { type Change, changeRecording, type Held } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import type { FallbackFacts, FileFacts, TranscriptionFacts } from "../recording.ts";
import { assignSpeakers } from "../speakers/assign-speakers.ts";
import { turnsUnder } from "../speakers/speakers-file.ts";
import { correlationParameters } from "../telemetry/correlation.ts";
import type { EngineOutput, Segment } from "../transcript.ts";
import { requireSettled, requireToken } from "./job-token.ts";
import { enqueueAll, jobsAfterTranscript, type PipelineSettings } from "./pipeline.ts";
import { forgetDecoded, forgetUnfinished } from "./unfinished.ts";

export type Answer = {
	output: EngineOutput;
	/** Name of the file that the output is kept in for good. */
	engineFile: string;
	corrected: Corrected;
	/** Failed tries before it. */
	attempts: Attempt[];
	latencySeconds: number;
	fallback: FallbackFacts | null;
};

/**
 * The engine's output, the corrected transcript, the new state and the end of the job in one change.
 *
 * @throws ERR_JOB_LOST where another worker has the job by now: nothing is written then
 */
export async function writeTranscript(
	library: Library,
	job: Job,
	answer: Answer,
	settings: PipelineSettings,
): Promise<void> {
	await changeRecording(
		library,
		job.recording,
		async (held) => {
			await requireToken(library, job);
			return changeTo(held, answer);
		},
		async (tx, metadata) => {
			await requireSettled(await settle(tx, job, { state: "done" }));
			const cause = correlationParameters();
			await enqueueAll(tx, [metadata], (one) =>
				jobsAfterTranscript(one, settings).map((next) => ({
					...next,
					parameters: { ...next.parameters, ...cause },
				})),
			);
		},
	);
	const isWhole = (answer.output.coverage?.failedWindows ?? 0) === 0;
	await (isWhole ? forgetUnfinished : forgetDecoded)(library, job.recording);
}

async function changeTo({ folder, metadata }: Held, answer: Answer): Promise<Change> {
	const { output, engineFile, attempts } = answer;
	const before = await readTranscript(folder);
	const files: Record<string, FileFacts> = { ...metadata.files };
	if (output.text === "" && before !== null && before.text !== "") {
		return keepingOlderText({ folder, metadata }, answer);
	}
	const last = attempts.at(-1);
	if (last) {
		const facts = { code: last.code, message: last.message, hint: null };
		files[errorFilename] = await prepareErrorFile(folder, facts, attempts);
	}
	const turns = await turnsUnder(folder, before);
	const label = (segments: readonly Segment[]) => assignSpeakers(segments, turns);
	const transcript = composeTranscript({ ...answer, above: before, label });
	// Together: their syncs share the journal's commits.
	const [engineFacts, written] = await Promise.all([
		files[engineFile] ?? prepareEngineOutput(folder, engineFile, output),
		prepareTranscript(folder, transcript),
	]);
	Object.assign(files, written, { [engineFile]: engineFacts });
	return {
		fields: { state: "success", error: null, files, transcription: transcriptionFacts(answer) },
	};
}

function transcriptionFacts({ output, ...answer }: Answer): TranscriptionFacts {
	const { engine, model, language, coverage } = output;
	return {
		...{ engine, model, language, engineFile: answer.engineFile },
		latencySeconds: answer.latencySeconds,
		attempts: answer.attempts.length + 1,
		completedAt: new Date().toISOString(),
		coverage: coverage ? coverageFacts(coverage) : null,
		fallback: answer.fallback,
	};
}

/** Nothing heard is no better text: the older one stays, and what was answered is kept. */
async function keepingOlderText(
	{ folder, metadata }: Pick<Held, "folder" | "metadata">,
	{ output, engineFile, attempts, latencySeconds }: Answer,
): Promise<Change> {
	const files = { ...metadata.files };
	const facts = {
		code: "ERR_ENGINE_OUTPUT",
		message: `${output.engine} heard nothing; the text there was stays.`,
		hint: null,
	};
	const attempt: Attempt = {
		at: new Date().toISOString(),
		engine: output.engine,
		code: facts.code,
		message: facts.message,
		httpStatus: null,
		latencySeconds,
	};
	files[errorFilename] = await prepareErrorFile(folder, facts, [...attempts, attempt]);
	files[engineFile] ??= await prepareEngineOutput(folder, engineFile, output);
	return { fields: { state: "success", error: facts, files } };
}
