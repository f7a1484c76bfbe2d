import { rm } from "node:fs/promises";
import type { WindowLog } from "../archive/window-log.ts";
import { type ErrorCode, OnwaxError } from "../errors.ts";
import type { Attempt } from "../job.ts";
import { cutWav } from "../media/cut-wav.ts";
import type { Media } from "../media/media.ts";
import { speechSampleRate } from "../speech/wav-samples.ts";
import {
	type AttemptsOutcome,
	type RetryPolicy,
	transcribeWithRetries,
} from "../transcribe/attempts.ts";
import type { AudioInput, Engine } from "../transcribe/engine.ts";
import type { EngineOutput, Span } from "../transcript.ts";
import type { Window } from "../windows/window.ts";
import { inLanes } from "./lanes.ts";
import { type PreparedAudio, prepareAudio, speechFacts } from "./prepare-audio.ts";
import type { SpeechAudio } from "./speech-audio.ts";

/** What it takes to ask an engine for a stretch of a recording. */
export type Asking = {
	engine: Engine;
	media: Media;
	audio: SpeechAudio;
	log: WindowLog;
	/** Beginning of the paths of files that nobody needs afterwards. */
	scratchStem: string;
	language: string | null;
	vocabulary: readonly string[];
	policy: RetryPolicy;
	/** One stretch after the other; else as many at once as the engine takes. */
	isAlone: boolean;
	signal: AbortSignal;
	onAttemptFailed: (attempt: Attempt, nextDelayMs: number | null) => void;
	/** Called when an answer is kept that was not there before. */
	onKept: () => void;
};

/**
 * Asks for one stretch on its own; times in the answer count from its start. The answer is on disk
 * when this returns, and one that is there already is not asked for again.
 *
 * @param setting `other`: in the engine's other way, and as loud as it goes
 * @throws ERR_INTERRUPTED, and what `prepareAudio` does
 */
export async function askStretch(
	asking: Asking,
	span: Span,
	setting: "usual" | "other",
): Promise<AttemptsOutcome> {
	const { engine, media, log, signal } = asking;
	const { startSeconds, endSeconds } = span;
	const id = `${startSeconds.toFixed(3)}-${endSeconds.toFixed(3)}-${setting}`;
	const known = log.answers.get(id);
	if (known) return { kind: "done", output: known, attempts: [], latencySeconds: 0 };
	const cutPath = `${asking.scratchStem}.${id}.wav`;
	try {
		const normalise = setting === "other";
		const cut = { startSeconds, endSeconds, normalise };
		const durationSeconds = await cutWav(asking.audio.path, cutPath, cut);
		const stem = `${asking.scratchStem}.${id}.sent`;
		const prepared = await prepareWindow(media, engine.input, cutPath, stem, signal);
		try {
			const { language, vocabulary, isAlone, policy, onAttemptFailed } = asking;
			const request = { audioPath: prepared.path, durationSeconds, language, vocabulary };
			const outcome = await transcribeWithRetries(
				engine,
				{ ...request, setting, isAlone, signal },
				{ policy, onAttemptFailed },
			);
			if (outcome.kind === "done") {
				await log.commit(id, outcome.output);
				asking.onKept();
			}
			return outcome;
		} finally {
			await prepared.remove();
		}
	} finally {
		await rm(cutPath, { force: true });
	}
}

/** A service that limits what is sent to it gets FLAC: the same samples in half the bytes. */
async function prepareWindow(
	media: Media,
	input: AudioInput,
	cutPath: string,
	stem: string,
	signal: AbortSignal,
): Promise<PreparedAudio> {
	const source = { path: cutPath, audio: speechFacts };
	const isSmaller = input.maxBytes !== null && input.extensions?.includes("flac");
	if (input.container !== "any" || !isSmaller) {
		return prepareAudio(media, source, input, stem, signal);
	}
	const path = `${stem}.flac`;
	const remove = () => rm(path, { force: true });
	try {
		const layout = { sampleRate: speechSampleRate, channels: 1 };
		await media.decode(cutPath, { outputPath: path, container: "flac", ...layout }, { signal });
		const flac = { path, audio: { ...speechFacts, codec: "flac" } };
		const prepared = await prepareAudio(media, flac, input, stem, signal);
		return { path: prepared.path, remove: () => Promise.all([prepared.remove(), remove()]) };
	} catch (error) {
		await remove();
		throw error;
	}
}

/** Failures that may be this window's own; any other one is true of all of them. */
const windowsOwn: readonly ErrorCode[] = [
	"ERR_ENGINE",
	"ERR_ENGINE_OUTPUT",
	"ERR_ENGINE_REJECTED",
	"ERR_ENGINE_TIMEOUT",
	"ERR_ENGINE_TOO_LARGE",
];

/** So many of them before any window was answered: it is not the windows. */
const enoughFailed = 5;

export function isWindowsOwn(error: OnwaxError): boolean {
	return windowsOwn.includes(error.code);
}

export type AnsweredWindows = {
	kind: "answered";
	/** One for each window; null where it is silent or failed. */
	parts: { window: Window; output: EngineOutput | null }[];
	failed: { window: Window; error: OnwaxError }[];
	attempts: Attempt[];
};

/**
 * Asks for all windows, as many at once as the engine takes. One that fails for reasons of its own
 * leaves the others going; a service that is down, full or refuses ends it, with what is answered on
 * disk. Only the newest attempts are kept where there are very many.
 */
export async function askWindows(
	asking: Asking,
	windows: readonly Window[],
	onAnswered: (doneSeconds: number, parts: AnsweredWindows["parts"]) => void,
): Promise<AnsweredWindows | Exclude<AttemptsOutcome, { kind: "done" }>> {
	const parts = windows.map((window) => ({ window, output: null as EngineOutput | null }));
	const failed: AnsweredWindows["failed"] = [];
	const attempts: Attempt[] = [];
	const stop = new AbortController();
	const signal = AbortSignal.any([asking.signal, stop.signal]);
	const end: { outcome: Exclude<AttemptsOutcome, { kind: "done" }> | null } = { outcome: null };
	let answered = 0;
	let doneSeconds = 0;
	onAnswered(doneSeconds, parts);

	const askOne = async (index: number) => {
		const part = parts[index];
		if (end.outcome !== null || part === undefined) return;
		const { window } = part;
		if (!window.silent) {
			const outcome = await askStretch({ ...asking, signal }, window, "usual");
			attempts.push(...outcome.attempts);
			if (outcome.kind === "done") {
				part.output = outcome.output;
				answered += 1;
			} else if (outcome.kind === "failed" && isWindowsOwn(outcome.error)) {
				failed.push({ window, error: outcome.error });
				if (answered === 0 && failed.length >= enoughFailed) end.outcome ??= outcome;
			} else end.outcome ??= outcome;
			if (end.outcome !== null) return stop.abort();
		}
		doneSeconds += window.coreEndSeconds - window.coreStartSeconds;
		onAnswered(doneSeconds, parts);
	};
	try {
		await inLanes(asking.engine.concurrency, windows.length, askOne);
	} catch (error) {
		// The others were stopped because of the one that ended it all.
		if (end.outcome === null || asking.signal.aborted || !isInterruption(error)) throw error;
	}
	const latest = attempts.slice(-mostAttempts);
	if (end.outcome !== null) return { ...end.outcome, attempts: latest };
	const [first] = failed;
	if (answered === 0 && first) return { kind: "failed", error: first.error, attempts: latest };
	failed.sort((a, b) => a.window.index - b.window.index);
	return { kind: "answered", parts, failed, attempts: latest };
}

const mostAttempts = 200;

function isInterruption(error: unknown): boolean {
	return error instanceof OnwaxError && error.code === "ERR_INTERRUPTED";
}
