import { join } from "node:path";
import { recordingFolder, unfinishedFolder } from "../archive/layout.ts";
import { openWindowLog, type WindowLog } from "../archive/window-log.ts";
import type { Heard } from "../coverage/heard.ts";
import { judgeCoverage } from "../coverage/judge-coverage.ts";
import { toOnwaxError } from "../errors.ts";
import type { Attempt } from "../job.ts";
import type { Library } from "../library/library.ts";
import type { Media } from "../media/media.ts";
import { type Metadata, shelfOf } from "../recording.ts";
import type { ActivityTrack, Speech } from "../speech/speech.ts";
import { speechSampleRate } from "../speech/wav-samples.ts";
import {
	type AttemptsOutcome,
	type RetryPolicy,
	transcribeWithRetries,
} from "../transcribe/attempts.ts";
import type { Engine } from "../transcribe/engine.ts";
import type { Coverage, EngineOutput } from "../transcript.ts";
import { heardSoFar } from "../windows/heard-so-far.ts";
import { planWindows } from "../windows/plan-windows.ts";
import { speechSpans } from "../windows/speech-spans.ts";
import { stitch } from "../windows/stitch.ts";
import { askAgain } from "./ask-again.ts";
import { type Asking, askStretch, askWindows } from "./ask-windows.ts";
import { listen } from "./listen.ts";
import { prepareAudio, speechFacts } from "./prepare-audio.ts";
import { type SpeechAudio, speechAudio } from "./speech-audio.ts";

export type HearingContext = {
	library: Library;
	media: Media;
	speech: Speech;
	policy: RetryPolicy;
	language: string | null;
	/** Compare what was spoken with what was written, and ask again for what is missing. */
	coverage: { enabled: boolean; askAgain: boolean };
	onAttemptFailed: (recording: string, attempt: Attempt, nextDelayMs: number | null) => void;
	/** How far a long recording is, and what is settled of it by now. */
	onProgress: (
		recording: string,
		doneSeconds: number,
		durationSeconds: number,
		heard: () => EngineOutput,
	) => void;
};

export type HearingRequest = {
	metadata: Metadata;
	engine: Engine;
	vocabulary: readonly string[];
	/** What the answers depend on, as in the name of the engine's output. */
	key: string;
	signal: AbortSignal;
	/** Called whenever something is kept that the next worker need not do again. */
	onKept: () => void;
};

/**
 * From a recording to what an engine says of all of it: one question where the engine takes it whole,
 * else windows, cut where nobody speaks and stitched together; then what was spoken is compared with
 * what was written. Nothing is held meanwhile, and nothing of the recording is changed; what was
 * answered on the way is in the unfinished folder until `forgetUnfinished`.
 *
 * @throws ERR_INTERRUPTED, ERR_AUDIO_UNREADABLE, ERR_ENGINE_TOO_LARGE, and errors of the disk
 */
export async function hearRecording(
	context: HearingContext,
	request: HearingRequest,
): Promise<AttemptsOutcome> {
	const { library, media } = context;
	const { metadata, engine, key, signal } = request;
	const startedAt = performance.now();
	const unfinished = unfinishedFolder(library.layout, metadata.name);
	const scratchStem = join((await library.writer()).folder, metadata.name);
	const place = {
		folder: recordingFolder(library.layout, shelfOf(metadata), metadata.name),
		unfinishedFolder: unfinished,
		reserveBytes: library.reserveBytes,
	};
	let decoding: Promise<SpeechAudio> | null = null;
	const ground: Ground = {
		...{ context, request, scratchStem, folder: place.folder, unfinished },
		speechAudio: () => {
			decoding ??= speechAudio(media, metadata, place, signal);
			return decoding;
		},
		log: await openWindowLog(unfinished, key),
	};
	try {
		const outcome = (await needsWindows(ground, engine))
			? await hearInWindows(ground)
			: await hearWhole(ground);
		if (outcome.kind !== "done") return outcome;
		return { ...outcome, latencySeconds: (performance.now() - startedAt) / 1000 };
	} finally {
		await ground.log.close();
	}
}

type Ground = {
	context: HearingContext;
	request: HearingRequest;
	scratchStem: string;
	/** The recording's. */
	folder: string;
	unfinished: string;
	/** Decoded at the first call. */
	speechAudio: () => Promise<SpeechAudio>;
	log: WindowLog;
};

async function needsWindows(ground: Ground, { input }: Engine): Promise<boolean> {
	if (input.maxSeconds === null) return false;
	const known = ground.request.metadata.audio.durationSeconds;
	return (known ?? (await ground.speechAudio()).durationSeconds) > input.maxSeconds;
}

/** While the engine is at work, the detector listens. */
async function hearWhole(ground: Ground): Promise<AttemptsOutcome> {
	const stop = new AbortController();
	const signal = AbortSignal.any([ground.request.signal, stop.signal]);
	const listening = ground.context.coverage.enabled
		? listenTo(ground, signal).catch((error: unknown) => withoutEars(ground, error, signal))
		: null;
	try {
		const outcome = await askWhole(ground);
		if (outcome.kind !== "done") return outcome;
		const track = await listening;
		const output = await covered(ground, outcome.output, track, []);
		return { ...outcome, output };
	} finally {
		stop.abort();
		await listening;
	}
}

async function askWhole({ context, request, ...ground }: Ground): Promise<AttemptsOutcome> {
	const { metadata, engine, vocabulary, signal } = request;
	const source = wantsSpeechAudio(engine)
		? { path: (await ground.speechAudio()).path, audio: speechFacts }
		: { path: join(ground.folder, metadata.audioFile), audio: metadata.audio };
	const stem = `${ground.scratchStem}.sent`;
	const prepared = await prepareAudio(context.media, source, engine.input, stem, signal);
	try {
		const { durationSeconds } = metadata.audio;
		const { language, policy } = context;
		const about = { durationSeconds, language, vocabulary, isAlone: true };
		const question = { audioPath: prepared.path, ...about, signal };
		return await transcribeWithRetries(engine, question, {
			policy,
			onAttemptFailed: tellAttempts(context, metadata),
		});
	} finally {
		await prepared.remove();
	}
}

/** What the detector hears anyway: nobody decodes it twice. */
function wantsSpeechAudio({ input }: Engine): boolean {
	return input.container === "wav" && input.sampleRate === speechSampleRate && input.channels === 1;
}

async function hearInWindows(ground: Ground): Promise<AttemptsOutcome> {
	const { context, request } = ground;
	const { metadata, engine, signal } = request;
	const audio = await ground.speechAudio();
	const track = await listenTo(ground, signal).catch((error: unknown) => {
		// The windows of whoever cannot hear are others: rather later than all anew.
		if (toOnwaxError(error).retryable) throw error;
		return withoutEars(ground, error, signal);
	});
	const maxSeconds = engine.input.maxSeconds ?? Number.POSITIVE_INFINITY;
	const windows = planWindows(track ?? deaf(audio.durationSeconds), { maxSeconds });
	const asking = await openAsking(ground);
	const answered = await askWindows(asking, windows, (doneSeconds, parts) =>
		context.onProgress(metadata.name, doneSeconds, audio.durationSeconds, () => ({
			...{ engine: engine.name, model: engine.model, ...heardSoFar(parts) },
		})),
	);
	if (answered.kind !== "answered") return answered;
	const { parts, attempts } = answered;
	const failed: typeof answered.failed = [];
	for (const { window, error } of answered.failed) {
		const second = await askStretch(asking, window, "other");
		const part = parts[window.index];
		if (second.kind === "done" && part) part.output = second.output;
		else failed.push({ window, error });
	}
	// Without ears nobody could see where the hole is.
	const [first] = failed;
	if (first && (track === null || !context.coverage.enabled)) {
		return { kind: "failed", error: first.error, attempts };
	}
	const output: EngineOutput = { engine: engine.name, model: engine.model, ...stitch(parts) };
	const judged = context.coverage.enabled ? track : null;
	const holes = failed.map(({ window, error }) => ({
		startSeconds: window.coreStartSeconds,
		endSeconds: window.coreEndSeconds,
		reason: error.message,
	}));
	return {
		kind: "done",
		output: await covered(ground, output, judged, holes),
		attempts,
		latencySeconds: 0,
	};
}

async function openAsking(ground: Ground): Promise<Asking> {
	const { context, request, scratchStem, log } = ground;
	const { engine, vocabulary, signal, metadata, onKept } = request;
	const { media, language, policy } = context;
	const audio = await ground.speechAudio();
	const onAttemptFailed = tellAttempts(context, metadata);
	const isAlone = !(await needsWindows(ground, engine));
	return {
		...{ engine, media, audio, log, scratchStem, language, vocabulary },
		...{ isAlone, policy, signal, onAttemptFailed, onKept },
	};
}

function tellAttempts(context: HearingContext, { name }: Metadata) {
	return (attempt: Attempt, nextDelayMs: number | null) =>
		context.onAttemptFailed(name, attempt, nextDelayMs);
}

/** A detector that broke down is started anew: what it says is worth a second and a third. */
const listeningTries = 3;

async function listenTo(ground: Ground, signal: AbortSignal): Promise<ActivityTrack> {
	const { context, request, scratchStem, unfinished } = ground;
	const { path, durationSeconds } = await ground.speechAudio();
	const { speech } = context;
	const { onKept } = request;
	const options = { speech, unfinishedFolder: unfinished, scratchStem, signal, onKept };
	for (let tries = 1; ; tries++) {
		try {
			return await listen(path, durationSeconds, options);
		} catch (error) {
			const { code, retryable } = toOnwaxError(error);
			const isBroken = code.startsWith("ERR_ENGINE") && retryable;
			if (signal.aborted || !isBroken || tries >= listeningTries) throw error;
		}
	}
}

/** A transcript that nobody judged says so, and is none the worse. */
function withoutEars({ context, request }: Ground, thrown: unknown, signal: AbortSignal): null {
	if (signal.aborted) return null;
	const { code, message } = toOnwaxError(thrown);
	context.library.log.warn(
		{ recording: request.metadata.name, code, error: message },
		"nobody listened: the coverage of this text is not known",
	);
	return null;
}

/** For somebody who cannot hear, all is speech: cuts overlap everywhere, and nothing is left out. */
function deaf(durationSeconds: number): ActivityTrack {
	const frameSeconds = 0.032;
	const frames = Math.ceil(durationSeconds / frameSeconds);
	return {
		detector: "none",
		frameSeconds,
		speaking: new Uint8Array(frames).fill(1),
		loudnessDbfs: new Int8Array(frames),
		durationSeconds,
	};
}

type Hole = { startSeconds: number; endSeconds: number; reason: string };

async function covered(
	ground: Ground,
	output: EngineOutput,
	track: ActivityTrack | null,
	holes: readonly Hole[],
): Promise<EngineOutput> {
	if (track === null) return { ...output, coverage: null };
	const { detector, durationSeconds } = track;
	const heard: Heard = { detector, speech: speechSpans(track), durationSeconds };
	let judged = { output, coverage: judgeCoverage(heard, output) };
	if (ground.context.coverage.askAgain && judged.coverage.doubts.some(isOpen)) {
		judged = await askAgain(await openAsking(ground), heard, judged);
	}
	return { ...judged.output, coverage: withHoles(judged.coverage, holes) };
}

function isOpen({ kind }: Coverage["doubts"][number]): boolean {
	return kind === "gap" || kind === "loop";
}

/** A window that failed is a gap from end to end, whatever was heard in it: nobody knows. */
function withHoles(coverage: Coverage, holes: readonly Hole[]): Coverage {
	const isInHole = (startSeconds: number, endSeconds: number) =>
		holes.some((hole) => hole.startSeconds <= startSeconds && endSeconds <= hole.endSeconds);
	const doubts = [
		...coverage.doubts.filter(
			({ kind, startSeconds, endSeconds }) => kind !== "gap" || !isInHole(startSeconds, endSeconds),
		),
		...holes.map((hole) => ({ kind: "gap" as const, text: "", askedAgain: 1, ...hole })),
	].sort((a, b) => a.startSeconds - b.startSeconds);
	return { ...coverage, doubts, ...(holes.length > 0 ? { failedWindows: holes.length } : {}) };
}
