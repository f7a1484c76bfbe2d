import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/defaults.ts";
import { outsideRequests } from "../telemetry/correlation.ts";
import { startTracing } from "../telemetry/tracing.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { openEngines } from "./engines.ts";
import type { App } from "./open-app.ts";
import { openChat } from "./open-chat.ts";
import { openPartialTexts } from "./partial-texts.ts";
import { openServiceEvents, type ServiceEvents } from "./service-events.ts";
import type { Webhooks } from "./webhooks.ts";

/** The program as something that runs on: its library, its worker, and what happens in both. */
export type Service = {
	/** Ask anew for each request: `reconfigure` puts another one in its place. */
	readonly app: App;
	readonly environment: Environment;
	readonly events: ServiceEvents;
	readonly startedAt: Date;
	/** Null where the worker is somebody else's task. */
	readonly worker: "running" | "stopped" | null;
	/** How far a long transcription is that runs here; null: not known, or there is none. */
	progressOf(name: string): JobProgress | null;
	/**
	 * Told with all that is settled of the text of a long transcription that runs here, each time that
	 * there is more of it; it may still read another way in the end.
	 *
	 * @returns what ends the listening
	 */
	listen(name: string, onHeard: (text: string) => void): () => void;
	/** The same for whoever asks once; null: nothing is settled yet, or it is not being written here. */
	heardSoFar(name: string): Promise<string | null>;
	/** Makes other settings count, without a restart; the folder of the library stays. */
	reconfigure(config: Config): Promise<void>;
	/** The worker lets go of what it does (it is done again, or goes on, at the next start). */
	stop(): Promise<void>;
};

const cleanupIntervalMs = 60 * 60_000;

export type JobProgress = { doneSeconds: number; durationSeconds: number };

/**
 * @param worker whether what waits is done here
 * @param workerAfterMs when that begins: what it needs takes a while to load, and whoever has just
 * opened the page is answered first
 */
export async function openService(
	opened: App,
	environment: Environment,
	{ worker, workerAfterMs = 0 }: { worker: boolean; workerAfterMs?: number },
): Promise<Service> {
	let app = opened;
	const events = await openServiceEvents(app.library.catalogue, app.log);
	const progress = new Map<string, JobProgress>();
	const partial = openPartialTexts(app.log);
	let changing: Promise<void> = Promise.resolve();
	let isStopped = false;
	let running: { abort: AbortController; ended: Promise<void> } | null = null;

	const tracing = startTracing({
		otlpUrl: app.config.telemetry.otlpUrl,
		environment,
		appVersion: app.library.appVersion,
		log: app.log,
	});

	function startWorker(): void {
		const abort = new AbortController();
		const work = async () => {
			await sleep(workerAfterMs, undefined, { signal: abort.signal });
			const { doAllWork } = await import("./service-work.ts");
			await doAllWork(app, {
				signal: abort.signal,
				onAttemptFailed: (name, { message }, nextDelayMs) =>
					events.tell({
						...{ type: "attempt-failed", name, message },
						nextDelaySeconds: nextDelayMs === null ? null : nextDelayMs / 1000,
					}),
				onProgress: (name, doneSeconds, durationSeconds) => {
					progress.set(name, { doneSeconds, durationSeconds });
					events.tell({ type: "transcribing", name, doneSeconds, durationSeconds });
				},
				onHeard: partial.onHeard,
				onLeft: partial.onLeft,
				onJobEnded: async (name, kind) => {
					if (kind === "transcribe") progress.delete(name);
				},
			});
		};
		// A request that changes settings is not the one whose work is done from then on.
		const ended = outsideRequests(work).catch((error: unknown) => {
			if (abort.signal.aborted) return;
			app.log.error({ error: String(error) }, "the worker ended; it is started again");
			setTimeout(() => {
				if (!abort.signal.aborted && running?.abort === abort) startWorker();
			}, 5000).unref();
		});
		const hourly = setInterval(async () => {
			const { cleanUp } = await import("./service-work.ts");
			await cleanUp(app, abort.signal);
		}, cleanupIntervalMs);
		running = { abort, ended: ended.finally(() => clearInterval(hourly)) };
	}

	/** Stopping and starting the worker twice at once would leave two of them. */
	function inTurn(work: () => Promise<void>): Promise<void> {
		const turn = changing.then(work);
		changing = turn.catch(() => {});
		return turn;
	}

	async function stopWorker(): Promise<void> {
		running?.abort.abort();
		await running?.ended;
		running = null;
		progress.clear();
	}

	const webhooks = await webhooksOf(app, environment);
	events.onChange(() => webhooks?.wake());
	if (worker) startWorker();
	return {
		get app() {
			return app;
		},
		environment,
		events,
		startedAt: new Date(),
		get worker() {
			if (!worker) return null;
			return running ? "running" : "stopped";
		},
		progressOf: (name) => progress.get(name) ?? null,
		listen: partial.listen,
		heardSoFar: partial.heardSoFar,
		reconfigure: (config) =>
			inTurn(async () => {
				const { models } = app.library.layout;
				const next = { ...config, dataDir: app.config.dataDir };
				await stopWorker();
				app = {
					...app,
					config: next,
					engines: openEngines(next, models, environment, app.speech),
					chat: await openChat(next, environment),
				};
				if (worker && !isStopped) startWorker();
				events.tell({ type: "settings" });
			}),
		async stop() {
			isStopped = true;
			await inTurn(stopWorker);
			await webhooks?.stop();
			events.close();
			await tracing.close();
		},
	};
}

async function webhooksOf(app: App, environment: Environment): Promise<Webhooks | null> {
	if (app.config.webhooks.length === 0) return null;
	const { openWebhooks } = await import("./webhooks.ts");
	return openWebhooks(app, environment);
}
