import type { Attempt, JobKind } from "../job.ts";
import { unfinished } from "../jobs/queue.ts";
import { type JobHandler, runWorker } from "../jobs/worker.ts";
import { observe } from "../observation.ts";
import { chatHandler, markChatGivenUp } from "../pipeline/chat-job.ts";
import { compressHandler } from "../pipeline/compress-job.ts";
import { peaksHandler } from "../pipeline/peaks-job.ts";
import { speakersHandler } from "../pipeline/speakers-job.ts";
import { markFailed, transcribeHandler } from "../pipeline/transcribe-job.ts";
import { wantedTasks } from "./chat.ts";
import { applyLexicons, vocabularyOf } from "./lexicons.ts";
import { observedJob } from "./observed-job.ts";
import type { App } from "./open-app.ts";
import { speakersJobContext } from "./speakers.ts";

export type RunJobsOptions = {
	/** Names of recordings, or everything that becomes due until the signal aborts. */
	scope: readonly string[] | "all";
	signal: AbortSignal;
	/** Told after every failed try of an engine; `nextDelayMs` is null where it is not tried again now. */
	onAttemptFailed: (recording: string, attempt: Attempt, nextDelayMs: number | null) => void;
	/** Told after every finished window of a long recording. */
	onProgress?: (recording: string, doneSeconds: number, durationSeconds: number) => void;
	/** Told with it; `text` makes what is settled of the text by now, as it will most likely read. */
	onHeard?: (recording: string, text: () => Promise<string>) => void;
	/** No engine hears it any more: it is over, or put off. */
	onLeft?: (recording: string) => void;
	/**
	 * Told when a job has ended with a result or was given up; `nothingLeft` is true when no other
	 * one waits for this recording.
	 */
	onJobEnded?: (recording: string, kind: JobKind, nothingLeft: boolean) => Promise<void>;
	/**
	 * How long a chat model is waited for when nothing else is left; then its work goes back to the
	 * queue, and `onOver` is told. Left out: as long as it takes.
	 */
	chatPatience?: { seconds: number; onOver: () => void };
};

const kinds: JobKind[] = ["transcribe", "compress", "peaks", "speakers", "chat"];

/** Does what is queued: text first, compression after it. */
export async function runJobs(app: App, options: RunJobsOptions): Promise<void> {
	const { config, library, media } = app;
	const chatTasks = wantedTasks(app);
	const chat = chatTasks.length > 0;
	const speakersContext = await speakersJobContext(app);
	const speakers = speakersContext.models !== null;
	const settings = { compress: config.compress, peaks: config.peaks, chat, speakers };
	const transcribe = transcribeHandler({
		library,
		media,
		speech: app.speech,
		candidates: app.engines.candidates,
		vocabulary: () => vocabularyOf(library.layout.lexicons, config),
		applyLexicons: (output) => applyLexicons(library.layout.lexicons, output, config.lexicon),
		policy: { ...config.retry, jitter: "none" },
		language: config.language,
		coverage: config.coverage,
		settings,
		onAttemptFailed(recording, attempt, nextDelayMs) {
			if (nextDelayMs !== null) observe({ kind: "retry", engine: attempt.engine ?? "" });
			options.onAttemptFailed(recording, attempt, nextDelayMs);
		},
		onProgress(recording, doneSeconds, durationSeconds, heard) {
			options.onProgress?.(recording, doneSeconds, durationSeconds);
			options.onHeard?.(
				recording,
				async () => (await applyLexicons(library.layout.lexicons, heard(), config.lexicon)).text,
			);
		},
	});
	const hear: JobHandler = async (job, signal) => {
		try {
			return await transcribe(job, signal);
		} finally {
			options.onLeft?.(job.recording);
		}
	};
	const canTranscribe = (await app.engines.describeDefault()) !== null;
	const context = { library, media, settings };
	const { onJobEnded } = options;
	const tell = async (recording: string, kind: JobKind) => {
		if (!onJobEnded) return;
		const open = await unfinished(library.catalogue.db, [recording], kinds);
		await onJobEnded(recording, kind, open.length === 0);
	};
	const telling =
		(handler: JobHandler): JobHandler =>
		async (job, signal) => {
			const outcome = await observedJob(library, handler)(job, signal);
			if (outcome.kind === "settled") await tell(job.recording, job.kind);
			return outcome;
		};
	await runWorker({
		library,
		handlers: {
			// Without an engine the audio waits: its jobs stay queued, and nothing has failed.
			...(canTranscribe ? { transcribe: telling(hear) } : {}),
			compress: telling(compressHandler(context)),
			peaks: telling(peaksHandler(library, media)),
			speakers: telling(speakersHandler(speakersContext)),
			chat: telling(chatHandler({ library, chat: app.chat, tasks: chatTasks })),
		},
		onGivenUp: async (job, error) => {
			if (job.kind === "transcribe") await markFailed(library, job, error);
			if (job.kind === "chat") await markChatGivenUp(library, job, error);
			observe({ kind: "job", job: job.kind, outcome: "given-up" });
			await tell(job.recording, job.kind);
		},
		concurrency: config.worker.concurrency,
		leaseSeconds: config.worker.leaseSeconds,
		maxDeliveries: config.worker.maxDeliveries,
		signal: options.signal,
		scope: options.scope,
		...(options.chatPatience ? { patience: { kinds: ["chat"], ...options.chatPatience } } : {}),
	});
}
