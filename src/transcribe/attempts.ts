import { setTimeout as wait } from "node:timers/promises";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Attempt } from "../job.ts";
import type { EngineOutput } from "../transcript.ts";
import type { Engine, TranscribeRequest } from "./engine.ts";

export type RetryPolicy = {
	/** Tries in all, the first one included. */
	maxAttempts: number;
	/** Before the second try, the third, …; the last one repeats. */
	delaysSeconds: readonly number[];
	/** A service that asks for more than this is not waited for here: the outcome is `postponed`. */
	maxDelaySeconds: number;
	/**
	 * `full`: anything from nothing to the delay, so that many clients do not come back at once;
	 * `none` where nothing is said.
	 */
	jitter?: "none" | "full";
};

/** D0.7 */
export const defaultRetryPolicy: RetryPolicy = {
	maxAttempts: 3,
	delaysSeconds: [1, 2, 4],
	maxDelaySeconds: 60,
};

export type AttemptsOutcome =
	/** `attempts` are the failed tries before it; `latencySeconds` is the successful one's. */
	| { kind: "done"; output: EngineOutput; attempts: Attempt[]; latencySeconds: number }
	| { kind: "failed"; error: OnwaxError; attempts: Attempt[] }
	/** Not failed: to be tried again, by whoever keeps the queue, no sooner than that. */
	| { kind: "postponed"; error: OnwaxError; attempts: Attempt[]; retryAfterSeconds: number };

export type AttemptsOptions = {
	policy?: RetryPolicy;
	/** Told after each failed try; `nextDelayMs` is null where there will be no other one now. */
	onAttemptFailed?: (attempt: Attempt, nextDelayMs: number | null) => void;
	/** Milliseconds since the epoch. */
	clock?: () => number;
	/** Rejects as soon as the signal is aborted. */
	sleep?: (durationMs: number, signal: AbortSignal) => Promise<void>;
	/** From 0 up to, but not including, 1. */
	random?: () => number;
};

/**
 * The one retry policy of engines (D0.7). What an engine calls retryable is tried again after
 * `max(backoff, what the service asked for)`; anything else ends it at once. Jitter shortens the
 * backoff only, never what a service asked for. Throws ERR_INTERRUPTED when the signal is aborted,
 * also while waiting; every other failure is an outcome.
 *
 * Not cockatiel's retry: its waiting cannot be cut short by a signal, and it knows no third way
 * between trying again and giving up.
 */
export async function transcribeWithRetries(
	engine: Engine,
	request: TranscribeRequest,
	options: AttemptsOptions = {},
): Promise<AttemptsOutcome> {
	const policy = options.policy ?? defaultRetryPolicy;
	const clock = options.clock ?? Date.now;
	const sleep = options.sleep ?? ((durationMs, signal) => wait(durationMs, undefined, { signal }));
	const attempts: Attempt[] = [];
	for (;;) {
		const startedMs = clock();
		const latencySeconds = () => Math.max(0, clock() - startedMs) / 1000;
		let error: OnwaxError;
		try {
			throwIfAborted(request.signal);
			const output = await engine.transcribe(request);
			return { kind: "done", output, attempts, latencySeconds: latencySeconds() };
		} catch (thrown) {
			throwIfAborted(request.signal);
			error = toOnwaxError(thrown, "ERR_ENGINE");
		}
		// The engine was not asked, so this is no try: whoever keeps the queue comes back later.
		if (error.code === "ERR_ENGINE_PAUSED")
			return {
				kind: "postponed",
				error,
				attempts,
				retryAfterSeconds: error.retryAfterSeconds ?? 1,
			};
		const attempt = describe(error, engine, startedMs, latencySeconds());
		attempts.push(attempt);
		const next = decide(error, attempts.length, policy, options.random ?? Math.random);
		options.onAttemptFailed?.(attempt, next.kind === "wait" ? next.delayMs : null);
		if (next.kind === "postponed")
			return { kind: "postponed", error, attempts, retryAfterSeconds: next.retryAfterSeconds };
		if (next.kind === "failed") return { kind: "failed", error, attempts };
		try {
			await sleep(next.delayMs, request.signal);
		} catch (cause) {
			throwIfAborted(request.signal);
			throw cause;
		}
	}
}

type Decision =
	| { kind: "wait"; delayMs: number }
	| { kind: "failed" }
	| { kind: "postponed"; retryAfterSeconds: number };

function decide(
	error: OnwaxError,
	failedCount: number,
	policy: RetryPolicy,
	random: () => number,
): Decision {
	if (!error.retryable) return { kind: "failed" };
	const askedSeconds = error.retryAfterSeconds ?? 0;
	// Also after the last try: a service that says when to come back has not refused.
	if (askedSeconds > policy.maxDelaySeconds)
		return { kind: "postponed", retryAfterSeconds: askedSeconds };
	if (failedCount >= policy.maxAttempts) return { kind: "failed" };
	const last = policy.delaysSeconds.length - 1;
	const backoffSeconds = Math.min(
		policy.delaysSeconds[Math.min(failedCount - 1, last)] ?? 0,
		policy.maxDelaySeconds,
	);
	const jittered = policy.jitter === "full" ? backoffSeconds * random() : backoffSeconds;
	return { kind: "wait", delayMs: Math.ceil(Math.max(jittered, askedSeconds) * 1000) };
}

function describe(
	error: OnwaxError,
	engine: Engine,
	startedMs: number,
	latencySeconds: number,
): Attempt {
	return {
		at: new Date(startedMs).toISOString(),
		engine: engine.name,
		code: error.code,
		message: error.message,
		httpStatus: error.httpStatus,
		latencySeconds,
	};
}

function throwIfAborted(signal: AbortSignal): void {
	if (signal.aborted) throw new OnwaxError("ERR_INTERRUPTED", "The transcription was interrupted.");
}
