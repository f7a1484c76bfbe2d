import { sql } from "../catalogue/kysely.ts";
import { type ErrorCode, errorCodes, OnwaxError } from "../errors.ts";
import type { Recording } from "../recording.ts";
import { noEngine } from "./engines.ts";
import type { App } from "./open-app.ts";
import type { Service } from "./service.ts";

export type Waited =
	| { kind: "text"; recording: Recording }
	/** `goesOn`: it is tried again by itself, and there will be a text without anybody's doing. */
	| { kind: "failed"; error: OnwaxError; goesOn: boolean }
	/** It takes longer than was waited; nothing has failed. */
	| { kind: "late" };

export type WaitOptions = {
	seconds: number;
	/** The engine that must have made the text; null for any. */
	engine: string | null;
	/** Whoever waits went away, or the service ends: the same as `late`. */
	signal: AbortSignal;
};

/** The feed tells of every change; this only bounds what a missed one costs. */
const lookAgainMs = 5000;
/** What is tried again sooner than that is waited for. */
const shortPauseSeconds = 5;

/**
 * Waits until a recording's transcription has ended, whichever process does it; the work does not
 * depend on anybody waiting.
 */
export async function waitForText(
	service: Service,
	name: string,
	{ seconds, engine, signal }: WaitOptions,
): Promise<Waited> {
	const deadline = performance.now() + seconds * 1000;
	let wake = () => {};
	const unsubscribe = service.events.onChange((entries, _head, complete) => {
		if (!complete || entries.some((entry) => entry.name === name)) wake();
	});
	const onAbort = () => wake();
	signal.addEventListener("abort", onAbort);
	try {
		for (;;) {
			let timer: NodeJS.Timeout | undefined;
			// Before looking: what changes meanwhile wakes the next look.
			const woken = new Promise<void>((resolve) => {
				wake = resolve;
			});
			const found = await lookAt(service.app, name, engine);
			if (found !== null) return found;
			const leftMs = deadline - performance.now();
			if (leftMs <= 0 || signal.aborted) return { kind: "late" };
			const tick = new Promise<void>((resolve) => {
				timer = setTimeout(resolve, Math.min(leftMs, lookAgainMs));
			});
			await Promise.race([woken, tick]);
			clearTimeout(timer);
		}
	} finally {
		signal.removeEventListener("abort", onAbort);
		unsubscribe();
	}
}

/** Null: nothing to tell yet. */
async function lookAt(app: App, name: string, engine: string | null): Promise<Waited | null> {
	// The job first: it ends in the transaction that tells the result.
	const job = await openTranscription(app, name);
	const recording = await app.library.catalogue.get(name);
	if (recording === null || recording.metadata.deletedAt !== null) {
		const error = new OnwaxError("ERR_GONE", `${name} was removed before its text was made.`, {
			hint: "`onwax list --status deleted` shows what is in the trash.",
		});
		return { kind: "failed", error, goesOn: false };
	}
	if (job !== null) return openEnding(app, job, recording);
	const { transcript, metadata } = recording;
	if (transcript !== null && (engine === null || metadata.transcription?.engine === engine)) {
		return { kind: "text", recording };
	}
	return { kind: "failed", error: errorOf(recording, null), goesOn: false };
}

async function openEnding(app: App, job: OpenJob, recording: Recording): Promise<Waited | null> {
	if (job.state !== "queued") return null;
	if (job.errorCode !== null && job.dueInSeconds > shortPauseSeconds) {
		return { kind: "failed", error: errorOf(recording, job.errorCode), goesOn: true };
	}
	if ((await app.engines.describeDefault()) !== null) return null;
	return { kind: "failed", error: noEngine(), goesOn: true };
}

function errorOf({ metadata }: Recording, code: string | null): OnwaxError {
	const known = errorCodes.find((one): one is ErrorCode => one === (metadata.error?.code ?? code));
	return new OnwaxError(
		known ?? "ERR_ENGINE",
		metadata.error?.message ?? "No engine has answered yet.",
		metadata.error?.hint ? { hint: metadata.error.hint } : {},
	);
}

type OpenJob = { state: string; errorCode: string | null; dueInSeconds: number };

/** The transcription that is queued or running; null where there is none. */
export async function openTranscription({ library }: App, name: string): Promise<OpenJob | null> {
	const row = await library.catalogue.db
		.selectFrom("jobs")
		.select(["state", "error_code as errorCode"])
		.select(sql<number>`run_at - unixepoch('subsec')`.as("dueInSeconds"))
		.where("recording", "=", name)
		.where("kind", "=", "transcribe")
		.where("state", "in", ["queued", "running"])
		.executeTakeFirst();
	return row ?? null;
}
