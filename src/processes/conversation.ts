import type { ChildProcess } from "node:child_process";
import { OnwaxError } from "../errors.ts";
import { errorFromMessage } from "./error-message.ts";
import type { Answer, Progress } from "./messages.ts";

export type RequestLimits = {
	/** No news for so long, once it has started: it hangs. Null where native code is silent for as long as it works. */
	stallMs: number | null;
	/** The whole request may take this long … */
	baseMs: number;
	/** … and so much more for every second of audio that the child tells of … */
	msPerAudioSecond: number;
	/** … up to so many seconds: what a file's header claims is not believed without end. */
	mostAudioSeconds: number;
};

/** How a child ended that was at work. */
export type Death = {
	exitCode: number | null;
	signal: NodeJS.Signals | null;
	/** The end of what it wrote on standard error. */
	complaint: string;
	/** The last that it told of this request; null where it never said a word. */
	progress: Progress | null;
	/** It had other requests in hand as well: any of them may be what it died of. */
	shared: boolean;
};

/** How failures are told to people. */
export type Failures = {
	stalled: () => OnwaxError;
	overtime: () => OnwaxError;
	died: (death: Death) => OnwaxError;
};

export type AskOptions = {
	signal?: AbortSignal | undefined;
	onProgress?: ((progress: Progress) => void) | undefined;
	limits: RequestLimits;
	failures: Failures;
	/** Clears away what a broken child may have left of its output. */
	beforeRetry?: (() => Promise<void>) | undefined;
};

export type Outcome = {
	result: unknown;
	error: OnwaxError | null;
	/** The child can go on: false after a hang, and where there is nobody left to answer. */
	fit: boolean;
	death: Death | null;
	/** Memory of the child where it answered, else 0. */
	rssBytes: number;
};

/** One request that a child has in hand. */
export type Conversation = {
	/** What its asker gets: an answer, or the first thing that goes wrong. */
	outcome: Promise<Outcome>;
	/** Settles when the child no longer works on it; later than `outcome` where it was aborted. */
	over: Promise<Outcome>;
	isAbandoned: () => boolean;
	/** The child has started. */
	onReady: () => void;
	onMessage: (answer: Answer) => void;
	onDeath: (death: Omit<Death, "progress">) => void;
};

/** On a machine that is busy with other things, a process may take a while to start. */
const longestStartMs = 30_000;

/** Sends a request, and sees it to whichever comes first: answer, death, silence, overtime or abort. */
export function converse(
	child: ChildProcess,
	message: { id: number; request: unknown },
	options: AskOptions & { isReady: boolean },
): Conversation {
	const { signal, onProgress, limits, failures } = options;
	const outcome = Promise.withResolvers<Outcome>();
	const over = Promise.withResolvers<Outcome>();
	const startedMs = performance.now();
	let audioSeconds = 0;
	let latest: Progress | null = null;
	let abandoned = false;

	const settle = (result: Outcome) => {
		clearTimeout(stall);
		clearTimeout(total);
		signal?.removeEventListener("abort", onAbort);
		outcome.resolve(result);
		over.resolve(result);
	};
	const fail = (error: OnwaxError, death: Death | null = null) =>
		settle({ result: null, error, fit: false, death, rssBytes: 0 });
	const onAbort = () => {
		abandoned = true;
		signal?.removeEventListener("abort", onAbort);
		const error = interrupted(signal?.reason);
		outcome.resolve({ result: null, error, fit: true, death: null, rssBytes: 0 });
	};
	const checkTotal = () => {
		const allowedMs = limits.baseMs + audioSeconds * limits.msPerAudioSecond;
		const leftMs = allowedMs - (performance.now() - startedMs);
		if (leftMs <= 0) fail(failures.overtime());
		else total = setTimeout(checkTotal, Math.min(leftMs, 2 ** 30));
	};
	const watch = (extraMs: number) => {
		if (limits.stallMs === null) return;
		clearTimeout(stall);
		stall = setTimeout(() => fail(failures.stalled()), limits.stallMs + extraMs);
	};
	let stall: NodeJS.Timeout | undefined;
	watch(options.isReady ? 0 : longestStartMs);
	let total = setTimeout(checkTotal, Math.min(limits.baseMs, 2 ** 30));
	signal?.addEventListener("abort", onAbort, { once: true });
	child.send(message, (cause) => {
		if (!cause) return;
		const death = { exitCode: null, signal: null, complaint: "", progress: null, shared: false };
		fail(new OnwaxError("ERR_INTERNAL", "A child process cannot be used.", { cause }), death);
	});
	return {
		outcome: outcome.promise,
		over: over.promise,
		isAbandoned: () => abandoned,
		onReady: () => watch(0),
		onMessage: (answer) => {
			if (answer.kind === "progress") {
				stall?.refresh();
				latest = answer.progress;
				const { doneSeconds, totalSeconds } = answer.progress;
				const told = Math.max(audioSeconds, totalSeconds ?? doneSeconds);
				audioSeconds = Math.min(limits.mostAudioSeconds, told);
				if (!abandoned) onProgress?.(answer.progress);
				return;
			}
			const { rssBytes } = answer;
			if (answer.kind === "result")
				settle({ result: answer.result, error: null, fit: true, death: null, rssBytes });
			else
				settle({
					result: null,
					error: errorFromMessage(answer.error),
					fit: true,
					death: null,
					rssBytes,
				});
		},
		onDeath: (death) => {
			const whole = { ...death, progress: latest };
			fail(failures.died(whole), whole);
		},
	};
}

export function interrupted(cause: unknown): OnwaxError {
	return new OnwaxError("ERR_INTERRUPTED", "Stopped before it was done.", {
		retryable: true,
		cause,
	});
}
