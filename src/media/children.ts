import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { OnwaxError } from "../errors.ts";
import {
	type ChildMessage,
	type MediaRequest,
	type MediaResults,
	memorySignal,
	type Progress,
} from "./messages.ts";
import { siblingUrl } from "./sibling-url.ts";
import { errorFromMessage, unreadable } from "./unreadable.ts";

export type ChildLimits = {
	/** No news from the child for so long: it hangs. */
	stallMs: number;
	/** All the work may take this long … */
	baseMs: number;
	/** … and so much more for every second of audio. */
	msPerAudioSecond: number;
	maxRssBytes: number;
};

export type AskOptions = {
	signal?: AbortSignal | undefined;
	onProgress?: ((progress: Progress) => void) | undefined;
	/** Size of the file worked on: bounds the duration that its header may claim. */
	sourceBytes: number;
	/** Clears away what a broken child may have left of its output. */
	beforeRetry: () => Promise<void>;
};

export type Children = {
	ask: <Request extends MediaRequest>(
		request: Request,
		options: AskOptions,
	) => Promise<MediaResults[Request["verb"]]>;
	/** Process ids, the busy ones first; for tests and for `doctor`. */
	pids: () => number[];
	close: () => Promise<void>;
};

/** What a child may know of the program's surroundings: no keys, no tokens. */
const passedOn = ["PATH", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "SystemRoot"];

/** The sparsest audio there is (silence in FLAC or Opus) still takes more than this. */
const leastBytesPerSecond = 10;

/**
 * A few warm children, started when first needed, each working on one request. An idle child does
 * not keep the program alive. Whoever crashes, hangs or is told to stop is killed, and the next
 * request gets a new one.
 */
export function openChildren(count: number, limits: ChildLimits): Children {
	const idle: ChildProcess[] = [];
	const busy = new Set<ChildProcess>();
	const waiting: (() => void)[] = [];
	let closed = false;

	const acquire = async (fresh: boolean) => {
		while (!closed && idle.length === 0 && busy.size >= count)
			await new Promise<void>((resume) => waiting.push(resume));
		if (closed) throw interrupted(new Error("media is closed"));
		const found = idle.pop();
		const warm = fresh ? undefined : found;
		if (fresh) found?.kill("SIGKILL");
		const child = warm ?? start(limits.maxRssBytes, forget);
		busy.add(child);
		hold(child, true);
		return { child, warm: warm !== undefined };
	};
	const forget = (child: ChildProcess) => {
		const index = idle.indexOf(child);
		if (index >= 0) idle.splice(index, 1);
	};
	const release = (child: ChildProcess, fit: boolean) => {
		busy.delete(child);
		if (fit && !closed && child.connected) {
			hold(child, false);
			idle.push(child);
		} else {
			child.kill("SIGKILL");
		}
		waiting.shift()?.();
	};
	return {
		ask: async (request, options) => {
			if (options.signal?.aborted) throw interrupted(options.signal.reason);
			const attempt = async (fresh: boolean) => {
				const { child, warm } = await acquire(fresh);
				if (options.signal?.aborted) {
					release(child, true);
					throw interrupted(options.signal.reason);
				}
				const outcome = await converse(child, request, limits, options);
				release(child, outcome.fit);
				return { ...outcome, warm };
			};
			let outcome = await attempt(false);
			// It may have been dying before this file came, or of the one before: ask a new one.
			if (outcome.broke && outcome.warm) {
				await options.beforeRetry();
				outcome = await attempt(true);
			}
			if (closed) throw interrupted(outcome.error);
			if (outcome.error !== null) throw outcome.error;
			return outcome.result as MediaResults[(typeof request)["verb"]];
		},
		pids: () => [...busy, ...idle].flatMap((child) => child.pid ?? []),
		close: async () => {
			closed = true;
			for (const resume of waiting.splice(0)) resume();
			const all = [...idle.splice(0), ...busy];
			await Promise.all(all.map(end));
		},
	};
}

type Outcome = {
	result: MediaResults[keyof MediaResults] | null;
	error: OnwaxError | null;
	/** The child can take another request. */
	fit: boolean;
	/** It ended by itself, without having said a word on this request. */
	broke: boolean;
};

/** One request to its end, whichever comes first: answer, death, silence, overtime or abort. */
function converse(
	child: ChildProcess,
	request: MediaRequest,
	limits: ChildLimits,
	options: AskOptions,
): Promise<Outcome> {
	const { signal, onProgress } = options;
	return new Promise((resolve) => {
		const startedMs = performance.now();
		let audioSeconds = 0;
		let complaint = "";
		const settle = (outcome: Outcome) => {
			clearTimeout(stall);
			clearTimeout(total);
			signal?.removeEventListener("abort", onAbort);
			child.off("message", onMessage);
			child.off("exit", onExit);
			child.off("error", onFailure);
			child.stderr?.off("data", onComplaint);
			resolve(outcome);
		};
		let silent = true;
		const fail = (error: OnwaxError, ended = false) =>
			settle({ result: null, error, fit: false, broke: ended && silent });
		const onAbort = () => signal && fail(interrupted(signal.reason));
		const onStall = () => fail(unreadable("The decoder hangs on this file and was stopped."));
		const onOvertime = () =>
			fail(unreadable("The decoder takes far too long for this file and was stopped."));
		const onComplaint = (text: Buffer) => {
			complaint = (complaint + text.toString()).slice(-2000);
		};
		const onFailure = (cause: Error) =>
			fail(new OnwaxError("ERR_INTERNAL", "The media process cannot be used.", { cause }), true);
		const onExit = (code: number | null, killedBy: string | null) =>
			fail(
				unreadable(
					killedBy === memorySignal
						? "The decoder wanted too much memory for this file and was stopped."
						: "The decoder broke down on this file.",
					new Error(`media process ended with ${killedBy ?? code}: ${complaint.trim()}`),
				),
				killedBy !== memorySignal,
			);
		const onMessage = (message: ChildMessage) => {
			silent = false;
			if (message.kind === "progress") {
				stall.refresh();
				const { doneSeconds, totalSeconds } = message.progress;
				const most = options.sourceBytes / leastBytesPerSecond;
				audioSeconds = Math.min(most, Math.max(audioSeconds, totalSeconds ?? doneSeconds));
				onProgress?.(message.progress);
				return;
			}
			// Memory that FFmpeg did not give back would be held against the next file.
			const fit = message.rssBytes < limits.maxRssBytes / 2;
			if (message.kind === "result")
				settle({ result: message.result, error: null, fit, broke: false });
			else settle({ result: null, error: errorFromMessage(message.error), fit, broke: false });
		};
		const checkTotal = () => {
			const allowedMs = limits.baseMs + audioSeconds * limits.msPerAudioSecond;
			const leftMs = allowedMs - (performance.now() - startedMs);
			if (leftMs <= 0) onOvertime();
			else total = setTimeout(checkTotal, Math.min(leftMs, 2 ** 30));
		};
		const stall = setTimeout(onStall, limits.stallMs);
		let total = setTimeout(checkTotal, limits.baseMs);
		signal?.addEventListener("abort", onAbort, { once: true });
		child.on("message", onMessage);
		child.on("exit", onExit);
		child.on("error", onFailure);
		child.stderr?.on("data", onComplaint);
		child.send(request, (cause) => cause && onFailure(cause));
	});
}

function start(maxRssBytes: number, onEnd: (child: ChildProcess) => void): ChildProcess {
	// Fewer pools of glibc's allocator: memory that FFmpeg gives back is used again.
	const env: NodeJS.ProcessEnv = { MALLOC_ARENA_MAX: "2" };
	for (const name of passedOn) if (process.env[name] !== undefined) env[name] = process.env[name];
	const child = fork(fileURLToPath(siblingUrl("child", import.meta.url)), [String(maxRssBytes)], {
		env,
		// A small nursery, collected on demand: see reportingBeat.
		execArgv: ["--max-semi-space-size=1", "--expose-gc"],
		stdio: ["ignore", "ignore", "pipe", "ipc"],
		// Ctrl-C on a terminal reaches its whole process group: a child that it ended would make the file
		// that it was just looking into pass for unreadable.
		detached: process.platform !== "win32",
	});
	// Errors between two requests have nobody to tell; the child is found dead at the next one.
	child.on("error", () => undefined);
	child.on("exit", () => onEnd(child));
	child.on("disconnect", () => onEnd(child));
	return child;
}

/** Whether the program waits for this child before it ends. */
function hold(child: ChildProcess, on: boolean): void {
	const pipe = child.stderr as unknown as { ref?: () => void; unref?: () => void } | null;
	for (const handle of [child, child.channel, pipe]) {
		if (on) handle?.ref?.();
		else handle?.unref?.();
	}
}

function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
	return new Promise((resolve) => {
		child.ref();
		child.once("exit", () => resolve());
		child.kill("SIGKILL");
	});
}

function interrupted(cause: unknown): OnwaxError {
	return new OnwaxError("ERR_INTERRUPTED", "Stopped before it was done.", {
		retryable: true,
		cause,
	});
}
