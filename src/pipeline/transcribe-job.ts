import { errorFilename, prepareErrorFile } from "../archive/error-file.ts";
import { recordingFolder } from "../archive/layout.ts";
import {
	engineFilename,
	prepareEngineOutput,
	prepareTranscript,
	readEngineOutput,
	readTranscript,
} from "../archive/transcript-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { Attempt, Job } from "../job.ts";
import { holdsToken, settle } from "../jobs/queue.ts";
import type { JobHandler, JobOutcome } from "../jobs/worker.ts";
import { type Change, changeRecording } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import type { Media } from "../media/media.ts";
import { type FileFacts, type Metadata, originalSha256, shelfOf } from "../recording.ts";
import {
	type AttemptsOutcome,
	type RetryPolicy,
	transcribeWithRetries,
} from "../transcribe/attempts.ts";
import type { Engine } from "../transcribe/engine.ts";
import type { EngineOutput, Transcript } from "../transcript.ts";
import { enqueueAll, jobsAfterTranscript, type PipelineSettings } from "./pipeline.ts";
import { prepareAudio } from "./prepare-audio.ts";

export type TranscribeContext = {
	library: Library;
	media: Media;
	/** The engine of that name; null asks for the default one. */
	engineFor: (name: string | null) => Promise<Engine>;
	applyLexicons: (output: EngineOutput) => Promise<LexiconResult>;
	policy: RetryPolicy;
	language: string | null;
	settings: PipelineSettings;
	onAttemptFailed: (recording: string, attempt: Attempt, nextDelayMs: number | null) => void;
};

export type LexiconResult = Pick<Transcript, "text" | "segments" | "lexicons" | "lexiconError">;

/**
 * From audio to text (D3.5). The engine runs while nothing is held; its output, the corrected
 * transcript, the new state and the end of the job are then written in one change. An output that
 * is there already, from a worker that died in between, is used instead of asking again.
 */
export function transcribeHandler(context: TranscribeContext): JobHandler {
	const { library } = context;
	return async (job, signal) => {
		const recording = await library.catalogue.get(job.recording);
		if (!recording || recording.metadata.deletedAt !== null) return { kind: "done" };
		const { metadata } = recording;
		const engine = await context.engineFor(job.parameters.engine ?? null);
		const file = engineFilename({
			audioSha256: originalSha256(metadata),
			engine: engine.name,
			model: engine.model,
			parameters: { ...engine.parameters, language: context.language ?? "" },
		});
		const folder = recordingFolder(library.layout, shelfOf(metadata), metadata.name);
		const stored = metadata.files[file] ? await readEngineOutput(folder, file) : null;
		const outcome: AttemptsOutcome = stored
			? { kind: "done", output: stored, attempts: [], latencySeconds: 0 }
			: await ask(context, engine, folder, metadata, signal);
		if (outcome.kind === "done") return succeed(context, job, engine, file, outcome);
		return fail(context, job, outcome);
	};
}

async function ask(
	context: TranscribeContext,
	engine: Engine,
	folder: string,
	metadata: Metadata,
	signal: AbortSignal,
): Promise<AttemptsOutcome> {
	const { library, media } = context;
	const scratch = (await library.writer()).folder;
	try {
		const prepared = await prepareAudio(media, folder, metadata, engine.input, scratch, signal);
		try {
			const request = {
				audioPath: prepared.path,
				durationSeconds: metadata.audio.durationSeconds,
				language: context.language,
				signal,
			};
			return await transcribeWithRetries(engine, request, {
				policy: context.policy,
				onAttemptFailed: (attempt, nextDelayMs) => {
					context.onAttemptFailed(metadata.name, attempt, nextDelayMs);
				},
			});
		} finally {
			await prepared.remove();
		}
	} catch (error) {
		if (isMissing(error) && (await wasMoved(library, metadata))) {
			throw new OnwaxError("ERR_STATE", `${metadata.name} was moved while it was being read.`, {
				retryable: true,
				hint: "Nothing is lost; the work is taken up again where it lies now.",
				cause: error,
			});
		}
		// The audio itself is the trouble: as final as an engine's refusal.
		const final = ["ERR_AUDIO_UNREADABLE", "ERR_ENGINE_TOO_LARGE"];
		if (!(error instanceof OnwaxError) || !final.includes(error.code)) throw error;
		const attempt: Attempt = {
			at: new Date().toISOString(),
			engine: engine.name,
			code: error.code,
			message: error.message,
			httpStatus: null,
			latencySeconds: 0,
		};
		return { kind: "failed", error, attempts: [attempt] };
	}
}

function isMissing(error: unknown): boolean {
	if (error instanceof OnwaxError) return error.code === "ERR_NOT_FOUND";
	return systemErrorCode(error) === "ENOENT";
}

/** Into the trash, for instance: nothing is held while an engine is at work. */
async function wasMoved(library: Library, before: Metadata): Promise<boolean> {
	const now = await library.catalogue.get(before.name);
	return now === null || shelfOf(now.metadata) !== shelfOf(before);
}

async function succeed(
	context: TranscribeContext,
	job: Job,
	engine: Engine,
	engineFile: string,
	outcome: AttemptsOutcome & { kind: "done" },
): Promise<JobOutcome> {
	const { library } = context;
	const { output } = outcome;
	const corrected = await context.applyLexicons(output);
	const edit = async (folder: string, metadata: Metadata): Promise<Change> => {
		await requireToken(library, job);
		const files: Record<string, FileFacts> = { ...metadata.files };
		if (outcome.attempts.length > 0) {
			const last = outcome.attempts[outcome.attempts.length - 1] as Attempt;
			const facts = { code: last.code, message: last.message, hint: null };
			files[errorFilename] = await prepareErrorFile(folder, facts, outcome.attempts);
		}
		const before = await readTranscript(folder);
		if (output.text === "" && before !== null && before.text !== "") {
			// Nothing heard is no better text: the older one stays, and what was answered is kept.
			const facts = {
				code: "ERR_ENGINE_OUTPUT",
				message: `${engine.name} heard nothing; the text there was stays.`,
				hint: null,
			};
			const attempt: Attempt = {
				at: new Date().toISOString(),
				engine: engine.name,
				code: facts.code,
				message: facts.message,
				httpStatus: null,
				latencySeconds: outcome.latencySeconds,
			};
			const attempts = [...outcome.attempts, attempt];
			files[errorFilename] = await prepareErrorFile(folder, facts, attempts);
			files[engineFile] ??= await prepareEngineOutput(folder, engineFile, output);
			return { fields: { state: "success", error: facts, files } };
		}
		const layer = before?.edit ?? null;
		const transcript: Transcript = {
			format: 1,
			engineFile,
			engine: engine.name,
			model: output.model,
			language: output.language,
			originalText: output.text,
			...corrected,
			// A person's edit stands above whatever an engine says later.
			text: layer ? layer.text : corrected.text,
			edit: layer,
		};
		// Together: their syncs share the journal's commits.
		const [engineFacts, written] = await Promise.all([
			files[engineFile] ?? prepareEngineOutput(folder, engineFile, output),
			prepareTranscript(folder, transcript),
		]);
		Object.assign(files, written, { [engineFile]: engineFacts });
		return {
			fields: {
				state: "success",
				error: null,
				files,
				transcription: {
					engine: engine.name,
					model: output.model,
					language: output.language,
					latencySeconds: outcome.latencySeconds,
					attempts: outcome.attempts.length + 1,
					completedAt: new Date().toISOString(),
					coverage: null,
					fallback: null,
				},
			},
		};
	};
	await changeRecording(
		library,
		job.recording,
		({ folder, metadata }) => edit(folder, metadata),
		async (tx, metadata) => {
			await requireSettled(await settle(tx, job, { state: "done" }));
			await enqueueAll(tx, [metadata], (one) => jobsAfterTranscript(one, context.settings));
		},
	);
	return { kind: "settled" };
}

/** The history goes to error.json whether the work ends here or only waits; the audio is untouched. */
async function fail(
	context: TranscribeContext,
	job: Job,
	outcome: Exclude<AttemptsOutcome, { kind: "done" }>,
): Promise<JobOutcome> {
	const { library } = context;
	const { error } = outcome;
	if (outcome.kind === "postponed" && outcome.attempts.length === 0) return later(outcome);
	await changeRecording(
		library,
		job.recording,
		async ({ folder, metadata }) => {
			await requireToken(library, job);
			const facts = { code: error.code, message: error.message, hint: error.hint };
			const written = await prepareErrorFile(folder, facts, outcome.attempts);
			const ended = outcome.kind === "failed" && metadata.transcription === null;
			return {
				fields: {
					error: facts,
					files: { ...metadata.files, [errorFilename]: written },
					...(ended ? { state: "failed" } : {}),
				},
			};
		},
		async (tx) => {
			if (outcome.kind === "postponed") return;
			await requireSettled(await settle(tx, job, { state: "parked", errorCode: error.code }));
		},
	);
	return outcome.kind === "failed" ? { kind: "settled" } : later(outcome);
}

function later(outcome: AttemptsOutcome & { kind: "postponed" }): JobOutcome {
	return { kind: "postponed", error: outcome.error, delaySeconds: outcome.retryAfterSeconds };
}

/** Whoever lost the job while the engine was at work must not touch the folder any more. */
async function requireToken(library: Library, job: Job): Promise<void> {
	await requireSettled(await holdsToken(library.catalogue.db, job));
}

async function requireSettled(held: boolean): Promise<void> {
	if (held) return;
	throw new OnwaxError("ERR_JOB_LOST", "Another worker has taken over this job.");
}

/** For a job that will not be tried again: the recording says why. */
export async function markFailed(
	library: Library,
	recording: string,
	error: OnwaxError,
): Promise<void> {
	await changeRecording(library, recording, async ({ folder, metadata }) => {
		const facts = { code: error.code, message: error.message, hint: error.hint };
		const attempt: Attempt = {
			at: new Date().toISOString(),
			engine: null,
			code: error.code,
			message: error.message,
			httpStatus: null,
			latencySeconds: 0,
		};
		const written = await prepareErrorFile(folder, facts, [attempt]);
		return {
			fields: {
				error: facts,
				files: { ...metadata.files, [errorFilename]: written },
				...(metadata.transcription === null ? { state: "failed" as const } : {}),
			},
		};
	});
}
