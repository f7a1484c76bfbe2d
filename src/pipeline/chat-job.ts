import { recordingFolder } from "../archive/layout.ts";
import { readTranscript } from "../archive/transcript-file.ts";
import { chatFilename, prepareChatFile, readChatFile, sha256OfText } from "../chat/chat-file.ts";
import type { ChatError, ChatFile, ChatResult } from "../chat/chat-result.ts";
import type { ChatService } from "../chat/chat-service.ts";
import { type ChatTask, chatTasks } from "../chat/chat-tasks.ts";
import { makeResult } from "../chat/make-result.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Job } from "../job.ts";
import { settle } from "../jobs/queue.ts";
import type { JobHandler, JobOutcome } from "../jobs/worker.ts";
import { changeRecording, type Held } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import { shelfOf } from "../recording.ts";
import { requireSettled, requireToken } from "./job-token.ts";

export type ChatContext = {
	library: Library;
	/** Null where no model is configured. */
	chat: ChatService | null;
	/** What is made of a new text without anybody asking; empty where that is switched off. */
	tasks: readonly ChatTask[];
};

/** A service that failed is left alone for so long, by all jobs of this process. */
const restSeconds = 60;
/** Until it is the turn of another recording: one question at a time leaves the lanes to texts. */
const turnSeconds = 2;

/**
 * What a chat model adds to a text (docs/chat.md): beside the transcript, never in its place, and
 * never in its way. Whatever becomes of this job, the recording's state, text and error stay as they are.
 *
 * Results that are there already for the same text and model are not made again; each one that was
 * made is kept, also where the next one fails.
 */
export function chatHandler(context: ChatContext): JobHandler {
	let isBusy = false;
	let resting: { untilMs: number; error: OnwaxError } | null = null;
	return async (job, signal) => {
		const leftMs = (resting?.untilMs ?? 0) - performance.now();
		if (resting && leftMs > 0) {
			return { kind: "postponed", error: resting.error, delaySeconds: Math.ceil(leftMs / 1000) };
		}
		if (isBusy) return afterOther();
		isBusy = true;
		try {
			return await work(context, job, signal);
		} catch (thrown) {
			const error = toOnwaxError(thrown);
			if (!isService(error) || !error.retryable) throw error;
			// The queue comes back no sooner than that: nobody waits for it.
			const later = atLeast(error, restSeconds);
			resting = { untilMs: performance.now() + restSeconds * 1000, error: later };
			throw later;
		} finally {
			isBusy = false;
		}
	};
}

function isService({ code }: OnwaxError): boolean {
	return code.startsWith("ERR_ENGINE");
}

function afterOther(): JobOutcome {
	const message = "Another text is at the chat model.";
	const error = new OnwaxError("ERR_LIBRARY_BUSY", message, { retryable: true });
	return { kind: "postponed", error, delaySeconds: turnSeconds };
}

function atLeast(error: OnwaxError, seconds: number): OnwaxError {
	return new OnwaxError(error.code, error.message, {
		retryable: true,
		retryAfterSeconds: Math.max(error.retryAfterSeconds ?? 0, seconds),
		...(error.hint === null ? {} : { hint: error.hint }),
		...(error.httpStatus === null ? {} : { httpStatus: error.httpStatus }),
	});
}

async function work(context: ChatContext, job: Job, signal: AbortSignal): Promise<JobOutcome> {
	const { library, chat } = context;
	const tasks = job.parameters.tasks ? tasksIn(job.parameters.tasks) : context.tasks;
	const recording = await library.catalogue.get(job.recording);
	if (!recording || recording.metadata.deletedAt !== null) return { kind: "done" };
	if (tasks.length === 0 || chat === null) return { kind: "done" };
	const { metadata } = recording;
	const folder = recordingFolder(library.layout, shelfOf(metadata), metadata.name);
	const text = (await readTranscript(folder))?.text ?? "";
	if (text.trim() === "") return { kind: "done" };
	const before = await readChatFile(folder);
	const again = job.parameters.again === "yes";
	const due = tasks.filter((task) => again || !isFresh(before.results[task], chat, text));
	if (due.length === 0 && before.error === null) return { kind: "done" };

	const made: Partial<Record<ChatTask, ChatResult>> = {};
	try {
		for (const task of due) made[task] = await makeResult(chat, task, text, signal);
	} catch (thrown) {
		const error = toOnwaxError(thrown);
		if (error.code === "ERR_INTERRUPTED" || signal.aborted) {
			// What was answered is kept: nobody pays for it twice.
			const hasMade = Object.keys(made).length > 0;
			if (hasMade) await keep(library, job, text, { made, error: before.error }, false);
			throw error;
		}
		await keep(library, job, text, { made, error: chatError(error, false) }, false);
		throw error;
	}
	await keep(library, job, text, { made, error: null }, true);
	return { kind: "settled" };
}

function tasksIn(list: string): ChatTask[] {
	const wanted = list.split(",");
	return chatTasks.filter((task) => wanted.includes(task));
}

/** Made from this text by this model: a refusal is an answer, too. */
function isFresh(result: ChatResult | undefined, chat: ChatService, text: string): boolean {
	return (
		result?.sourceSha256 === sha256OfText(text) &&
		result.model === chat.model &&
		result.address === chat.address
	);
}

/** Writes what was made, with the end of the job where that is it. */
async function keep(
	library: Library,
	job: Job,
	text: string,
	{ made, error }: { made: ChatFile["results"]; error: ChatError | null },
	isEnd: boolean,
): Promise<void> {
	await changeRecording(
		library,
		job.recording,
		async (held) => {
			await requireToken(library, job);
			await requireSameText(held, text);
			return withChat(held, (before) => ({
				format: 1,
				results: { ...before.results, ...besideEarlier(before.results, made) },
				error,
			}));
		},
		async (tx) => {
			if (isEnd) await requireSettled(await settle(tx, job, { state: "done" }));
		},
	);
}

/** An answer that cannot be used takes nothing away: what was made of the same text stays beside it. */
function besideEarlier(
	before: ChatFile["results"],
	made: ChatFile["results"],
): ChatFile["results"] {
	const results = { ...made };
	for (const task of chatTasks) {
		const [was, is] = [before[task], made[task]];
		if (!was || !is || is.text !== null || was.sourceSha256 !== is.sourceSha256) continue;
		const { text, model, address, madeAt, leftAsSaid = [] } = was;
		const earlier = text === null ? was.earlier : { text, model, address, madeAt, leftAsSaid };
		if (earlier) results[task] = { ...is, earlier };
	}
	return results;
}

async function requireSameText({ folder, metadata }: Held, text: string): Promise<void> {
	if ((await readTranscript(folder))?.text === text) return;
	throw new OnwaxError("ERR_STATE", `The text of ${metadata.name} was changed meanwhile.`, {
		retryable: true,
		hint: "Nothing is lost; the model is asked about the new text.",
	});
}

async function withChat({ folder, metadata }: Held, edit: (before: ChatFile) => ChatFile) {
	const facts = await prepareChatFile(folder, edit(await readChatFile(folder)));
	return { fields: { files: { ...metadata.files, [chatFilename]: facts } } };
}

function chatError({ code, message, hint }: OnwaxError, givenUp: boolean): ChatError {
	return { at: new Date().toISOString(), code, message, hint, givenUp };
}

/**
 * For a job that will not be tried again: the reason stands where the result would.
 *
 * @throws ERR_JOB_LOST where somebody else has the job by now, or cancelled it
 */
export async function markChatGivenUp(
	library: Library,
	job: Job,
	error: OnwaxError,
): Promise<void> {
	await changeRecording(library, job.recording, async (held) => {
		await requireToken(library, job);
		return withChat(held, (before) => ({ ...before, error: chatError(error, true) }));
	});
}
