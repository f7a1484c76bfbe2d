import { errorFilename, prepareErrorFile } from "../archive/error-file.ts";
import { recordingFolder } from "../archive/layout.ts";
import { engineFilename, readEngineOutput } from "../archive/transcript-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { Attempt, Job } from "../job.ts";
import { broughtForward, holdsToken, settle } from "../jobs/queue.ts";
import type { JobHandler, JobOutcome } from "../jobs/worker.ts";
import type { Corrected } from "../layers/compose-transcript.ts";
import { changeRecording } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import { type FallbackFacts, type Metadata, originalSha256, shelfOf } from "../recording.ts";
import type { AttemptsOutcome } from "../transcribe/attempts.ts";
import { type AboutRecording, type Candidate, nobodyToAsk } from "../transcribe/choose-engine.ts";
import type { Engine } from "../transcribe/engine.ts";
import { mayFallBack } from "../transcribe/fall-back.ts";
import type { EngineOutput } from "../transcript.ts";
import { type HearingContext, hearRecording } from "./hear-recording.ts";
import { requireSettled, requireToken } from "./job-token.ts";
import type { PipelineSettings } from "./pipeline.ts";
import { hintsOf, nextPauseSeconds } from "./transcribe-hints.ts";
import { forgetDecoded } from "./unfinished.ts";
import { writeTranscript } from "./write-transcript.ts";

export type TranscribeContext = HearingContext & {
	/** In the order of preference; a name asks for that engine only. */
	candidates: (about: AboutRecording, name: string | null) => Promise<Candidate[]>;
	applyLexicons: (output: EngineOutput) => Promise<Corrected>;
	/** Names and terms to expect, for engines that take hints. */
	vocabulary: () => Promise<string[]>;
	settings: PipelineSettings;
};

/**
 * From audio to text (D3.5): the engines in their order, until one answers. The engine runs while
 * nothing is held; its output, the corrected transcript, the new state and the end of the job are
 * then written in one change. An output that is there already, from a worker that died in between, is
 * used instead of asking again.
 */
export function transcribeHandler(given: TranscribeContext): JobHandler {
	const { library } = given;
	return async (job, signal) => {
		const context = withHints(given, job);
		const recording = await library.catalogue.get(job.recording);
		if (!recording || recording.metadata.deletedAt !== null) return { kind: "done" };
		const { metadata } = recording;
		const about = {
			durationSeconds: metadata.audio.durationSeconds,
			language: context.language,
		};
		const candidates = await context.candidates(about, job.parameters.engine ?? null);
		const engines = candidates.flatMap(({ engine }) => engine ?? []);
		if (engines.length === 0) return waitForEngine(candidates);
		const failures: Exclude<AttemptsOutcome, { kind: "done" }>[] = [];
		for (const engine of engines) {
			const { outcome, engineFile } = await askEngine(context, job, engine, metadata, signal);
			const attempts = [...failures.flatMap((failure) => failure.attempts), ...outcome.attempts];
			if (outcome.kind === "done") {
				const { output, latencySeconds } = outcome;
				const corrected = await context.applyLexicons(output);
				const fallback = fallbackFacts(candidates, engine, failures[0]?.error ?? null);
				const answer = { output, engineFile, corrected, attempts, latencySeconds, fallback };
				await writeTranscript(library, job, answer, context.settings);
				return { kind: "settled" };
			}
			failures.push(outcome);
			if (!mayFallBack(outcome.error)) break;
		}
		return fail(context, job, goingOn(job, metadata, combined(failures)));
	};
}

/** What was said about this recording counts before what is configured for all. */
function withHints(context: TranscribeContext, job: Job): TranscribeContext {
	const { language, prompt } = hintsOf(job);
	return {
		...context,
		language: language ?? context.language,
		vocabulary: async () => [...(prompt === null ? [] : [prompt]), ...(await context.vocabulary())],
	};
}

/** Where nobody is there to ask again, an engine that may answer later is asked again by itself. */
function goingOn(
	job: Job,
	{ createdAt }: Metadata,
	outcome: Exclude<AttemptsOutcome, { kind: "done" }>,
): Exclude<AttemptsOutcome, { kind: "done" }> {
	if (outcome.kind !== "failed" || !outcome.error.retryable || !hintsOf(job).goesOn) return outcome;
	const retryAfterSeconds = nextPauseSeconds(createdAt, Date.now());
	return retryAfterSeconds === null
		? outcome
		: { ...outcome, kind: "postponed" as const, retryAfterSeconds };
}

/** Nothing has failed: no engine may be asked for this recording as things are. */
function waitForEngine(candidates: readonly Candidate[]): JobOutcome {
	const error = nobodyToAsk(candidates);
	return { kind: "postponed", error, delaySeconds: error.retryAfterSeconds ?? 60 };
}

/** Null where the first choice answered. */
function fallbackFacts(
	candidates: readonly Candidate[],
	engine: Engine,
	error: OnwaxError | null,
): FallbackFacts | null {
	const [first] = candidates;
	if (first === undefined || first.name === engine.name) return null;
	return { wanted: first.name, reason: first.leftOut ?? error?.message ?? "it did not answer" };
}

/** One that will come back by itself is waited for, whatever the others said. */
function combined(
	failures: readonly Exclude<AttemptsOutcome, { kind: "done" }>[],
): Exclude<AttemptsOutcome, { kind: "done" }> {
	const chosen = failures.find(({ kind }) => kind === "postponed") ?? failures[0];
	if (!chosen) throw new OnwaxError("ERR_INTERNAL", "no engine was asked");
	return { ...chosen, attempts: failures.flatMap(({ attempts }) => attempts) };
}

async function askEngine(
	context: TranscribeContext,
	job: Job,
	engine: Engine,
	metadata: Metadata,
	signal: AbortSignal,
): Promise<{ outcome: AttemptsOutcome; engineFile: string }> {
	const { library, language } = context;
	const vocabulary = engine.takesVocabulary ? await context.vocabulary() : [];
	const parameters = {
		...engine.parameters,
		language: language ?? "",
		...(vocabulary.length > 0 ? { vocabulary: JSON.stringify(vocabulary) } : {}),
		...windowParameter(engine, metadata),
	};
	const fileOf = (turn: number) =>
		engineFilename({
			audioSha256: originalSha256(metadata),
			engine: engine.name,
			model: engine.model,
			// What was said before stays as it was said: the next turn has a file of its own.
			parameters: turn > 1 ? { ...parameters, turn: String(turn) } : parameters,
		});
	const folder = recordingFolder(library.layout, shelfOf(metadata), metadata.name);
	let turn = 1;
	for (; metadata.files[fileOf(turn)]; turn++) {
		const stored = await readEngineOutput(folder, fileOf(turn));
		if (stored === null || !isLastWord(stored, context.coverage.enabled)) continue;
		const known = { kind: "done" as const, output: stored, attempts: [], latencySeconds: 0 };
		return { outcome: known, engineFile: fileOf(turn) };
	}
	const engineFile = fileOf(turn);
	let isCounted = job.deliveries <= 1;
	const onKept = () => {
		if (isCounted) return;
		isCounted = true;
		void broughtForward(library.catalogue.db, job).catch((error) =>
			library.log.warn({ job: job.id, error: String(error) }, "progress was not written down"),
		);
	};
	// Windows that were answered at an earlier turn are not asked for at this one.
	const key = fileOf(1).replace(/\.json$/, "");
	const request = { metadata, engine, vocabulary, key, signal, onKept };
	try {
		return { outcome: await hearRecording(context, request), engineFile };
	} catch (error) {
		return { outcome: await audioTrouble(library, metadata, engine, error), engineFile };
	}
}

/**
 * Whether asking the same engine again would bring the same. Not where something broke on the way: a
 * window without an answer, or a detector that could not listen.
 */
function isLastWord({ coverage }: EngineOutput, listens: boolean): boolean {
	if (coverage === undefined) return true;
	return coverage === null ? !listens : (coverage.failedWindows ?? 0) === 0;
}

/** Where a long recording is cut changes what is heard. */
function windowParameter({ input }: Engine, { audio }: Metadata): Record<string, string> {
	const { maxSeconds } = input;
	const isCut = maxSeconds !== null && (audio.durationSeconds ?? 0) > maxSeconds;
	return isCut ? { windowSeconds: String(maxSeconds) } : {};
}

/** The audio itself is the trouble: as final as an engine's refusal. Anything else is thrown on. */
async function audioTrouble(
	library: Library,
	metadata: Metadata,
	engine: Engine,
	error: unknown,
): Promise<AttemptsOutcome> {
	if (isMissing(error) && (await wasMoved(library, metadata))) {
		throw new OnwaxError("ERR_STATE", `${metadata.name} was moved while it was being read.`, {
			retryable: true,
			hint: "Nothing is lost; the work is taken up again where it lies now.",
			cause: error,
		});
	}
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

function isMissing(error: unknown): boolean {
	if (error instanceof OnwaxError) return error.code === "ERR_NOT_FOUND";
	return systemErrorCode(error) === "ENOENT";
}

/** Into the trash, for instance: nothing is held while an engine is at work. */
async function wasMoved(library: Library, before: Metadata): Promise<boolean> {
	const now = await library.catalogue.get(before.name);
	return now === null || shelfOf(now.metadata) !== shelfOf(before);
}

/** The history goes to error.json whether the work ends here or only waits; the audio is untouched. */
async function fail(
	context: TranscribeContext,
	job: Job,
	outcome: Exclude<AttemptsOutcome, { kind: "done" }>,
): Promise<JobOutcome> {
	const { library } = context;
	const { error } = outcome;
	// A late worker must not take away what its successor is at work on.
	if (await holdsToken(library.catalogue.db, job)) await forgetDecoded(library, job.recording);
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

/**
 * For a job that will not be tried again: the recording says why.
 *
 * @throws ERR_JOB_LOST where somebody else has the job by now, or cancelled it
 */
export async function markFailed(library: Library, job: Job, error: OnwaxError): Promise<void> {
	await changeRecording(library, job.recording, async ({ folder, metadata }) => {
		await requireToken(library, job);
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
