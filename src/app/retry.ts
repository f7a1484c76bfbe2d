import { setTimeout as sleep } from "node:timers/promises";
import { type ErrorCode, OnwaxError } from "../errors.ts";
import { enqueue, forgetParked, hasten } from "../jobs/queue.ts";
import { changeRecording } from "../library/change.ts";
import type { Metadata, State } from "../recording.ts";
import { correlationParameters } from "../telemetry/correlation.ts";
import { inBulk } from "./bulk.ts";
import { isCancelled } from "./cancel.ts";
import { noEngine } from "./engines.ts";
import { isIncomplete } from "./incomplete.ts";
import { isOutputLost } from "./lost-output.ts";
import type { App } from "./open-app.ts";
import { refuseTrash } from "./refuse-trash.ts";

/**
 * Has a recording without text tried again, now: a job that waits for its time is due, one that was
 * given up is queued anew, and the state is `pending` again. Where the text is there and what the
 * engine said of it is lost, that engine is asked again.
 *
 * @throws ERR_NO_ENGINE; ERR_STATE for one that has its text, or is in the trash
 */
export async function retryRecording(app: App, name: string): Promise<Metadata> {
	await requireEngine(app, null);
	const known = await app.library.catalogue.get(name);
	const isLost = known !== null && (await isOutputLost(app, known));
	const { engine = null } = known?.metadata.transcription ?? {};
	const isThere = isLost && engine !== null && (await isEngine(app, engine));
	return queueTranscription(app, name, isThere ? { engine } : {}, ({ state, transcription }) => {
		if (state !== "success" || isLost) return;
		// Something broke on the way, or another engine stood in: asking once more may bring more.
		if ((transcription?.coverage?.failedWindows ?? 0) > 0 || transcription?.fallback) return;
		const another = `\`onwax transcribe ${name} --engine NAME\``;
		if (isIncomplete(transcription?.coverage)) {
			throw new OnwaxError("ERR_STATE", `${name} has a text, which is not whole.`, {
				// What an engine said is kept for good: it is not asked the same twice.
				hint: `The same engine would say the same. ${another} asks another one, and \`onwax diff ${name}\` compares the two.`,
			});
		}
		throw new OnwaxError("ERR_STATE", `${name} has its text already.`, {
			hint: `${another} makes it anew with another engine.`,
		});
	});
}

/**
 * Queues a transcription by that engine, whatever text there is; the text stays until the new one
 * takes its place.
 *
 * @throws ERR_NO_ENGINE for a name that is none; ERR_STATE in the trash
 */
export async function transcribeAnew(app: App, name: string, engine: string): Promise<Metadata> {
	await requireEngine(app, engine);
	return queueTranscription(app, name, { engine }, () => {});
}

export type RetryAllOptions = {
	/** `failed`, or also those that wait. */
	states: readonly State[];
	/** Between two recordings, so that a service is not asked too fast (D0.9). */
	pauseSeconds: number;
	signal: AbortSignal;
	/** Called when it is one recording's turn; has the work done. */
	onTurn: (name: string, index: number, total: number) => Promise<void>;
};

/** What these say of one recording is true of all others: going on would only repeat it. */
const sameForAll = new Set([
	"ERR_ENGINE_AUTH",
	"ERR_ENGINE_QUOTA",
	"ERR_ENGINE_MISSING",
	"ERR_DISK_FULL",
]);

/**
 * Retries one after the other, oldest first, while no other bulk operation runs.
 *
 * @returns the reason for which it ended before all had their turn; null where all had
 */
export async function retryAll(app: App, options: RetryAllOptions): Promise<string | null> {
	await requireEngine(app, null);
	return inBulk(app, async () => {
		const names = await namesIn(app, options.states, isCancelled);
		for (const [index, name] of names.entries()) {
			options.signal.throwIfAborted();
			if (index > 0)
				await sleep(options.pauseSeconds * 1000, undefined, { signal: options.signal });
			if (!(await retryUnlessSettled(app, name))) continue;
			await options.onTurn(name, index, names.length);
			const after = await app.library.catalogue.get(name);
			const { error = null } = after?.metadata ?? {};
			if (error !== null && sameForAll.has(error.code)) return error.message;
		}
		return null;
	});
}

/** False where somebody else gave it its text, trashed or purged it since it was listed. */
async function retryUnlessSettled(app: App, name: string): Promise<boolean> {
	try {
		await retryRecording(app, name);
		return true;
	} catch (error) {
		const settled: ErrorCode[] = ["ERR_STATE", "ERR_NOT_FOUND"];
		if (error instanceof OnwaxError && settled.includes(error.code)) return false;
		throw error;
	}
}

/** Kept recordings in these states, oldest first. */
export async function namesIn(
	app: App,
	states: readonly State[],
	isLeftOut: (errorCode: string | null) => boolean = () => false,
): Promise<string[]> {
	const names: string[] = [];
	for (const state of states) {
		for (let before: string | undefined; ; ) {
			const page = await app.library.catalogue.list({ state, limit: 1000, before });
			for (const { metadata } of page.recordings) {
				if (!isLeftOut(metadata.error?.code ?? null)) names.push(metadata.name);
			}
			if (page.next === null) break;
			before = page.next;
		}
	}
	return names.sort();
}

/** The one that had made a text may not be there any more. */
async function isEngine(app: App, name: string): Promise<boolean> {
	try {
		await app.engines.engineFor(name);
		return true;
	} catch (error) {
		if (error instanceof OnwaxError) return false;
		throw error;
	}
}

async function requireEngine(app: App, name: string | null): Promise<void> {
	if (name !== null) await app.engines.engineFor(name);
	else if ((await app.engines.describeDefault()) === null) throw noEngine();
}

/**
 * Queues a transcription with these parameters, due now; one that is queued already takes them over.
 *
 * @throws what `check` does; ERR_STATE in the trash
 */
export async function queueTranscription(
	app: App,
	name: string,
	wanted: Record<string, string>,
	check: (metadata: Metadata) => void,
): Promise<Metadata> {
	const parameters = { ...wanted, ...correlationParameters() };
	return changeRecording(
		app.library,
		name,
		async ({ metadata }) => {
			refuseTrash(metadata);
			check(metadata);
			if (metadata.state !== "failed") return null;
			// Whoever decided against it has decided anew; a failure stays told until there is a text.
			const { code = null } = metadata.error ?? {};
			return { fields: { state: "pending", ...(isCancelled(code) ? { error: null } : {}) } };
		},
		async (tx) => {
			await forgetParked(tx, name, "transcribe");
			await enqueue(tx, [{ recording: name, kind: "transcribe", parameters }]);
			await hasten(tx, { recording: name, kind: "transcribe", parameters });
		},
	);
}
