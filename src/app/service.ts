import type { Config } from "../config/defaults.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { autoRetry } from "./auto-retry.ts";
import { autoCleanup } from "./cleanup.ts";
import { openEngines } from "./engines.ts";
import { enqueueMissing } from "./missing-jobs.ts";
import type { App } from "./open-app.ts";
import { openChat } from "./open-chat.ts";
import { runJobs } from "./run-jobs.ts";
import { openServiceEvents, type ServiceEvents } from "./service-events.ts";

/** The program as something that runs on: its library, its worker, and what happens in both. */
export type Service = {
	/** Ask anew for each request: `reconfigure` puts another one in its place. */
	readonly app: App;
	readonly environment: Environment;
	readonly events: ServiceEvents;
	readonly startedAt: Date;
	/** Null where the worker is somebody else's task. */
	readonly worker: "running" | "stopped" | null;
	/** Makes other settings count, without a restart; the folder of the library stays. */
	reconfigure(config: Config): Promise<void>;
	/** The worker lets go of what it does (it is done again, or goes on, at the next start). */
	stop(): Promise<void>;
};

export async function openService(
	opened: App,
	environment: Environment,
	{ worker }: { worker: boolean },
): Promise<Service> {
	let app = opened;
	const events = await openServiceEvents(app.library.catalogue, app.log);
	let running: { abort: AbortController; ended: Promise<void> } | null = null;

	function startWorker(): void {
		const abort = new AbortController();
		const work = async () => {
			await enqueueMissing(app.library);
			await autoCleanup(app, abort.signal);
			await autoRetry(app);
			await runJobs(app, {
				scope: "all",
				signal: abort.signal,
				onAttemptFailed: (name, { message }, nextDelayMs) =>
					events.tell({
						...{ type: "attempt-failed", name, message },
						nextDelaySeconds: nextDelayMs === null ? null : nextDelayMs / 1000,
					}),
				onProgress: (name, doneSeconds, durationSeconds) =>
					events.tell({ type: "transcribing", name, doneSeconds, durationSeconds }),
			});
		};
		const ended = work().catch((error: unknown) => {
			if (abort.signal.aborted) return;
			app.log.error({ error: String(error) }, "the worker ended; it is started again");
			setTimeout(() => {
				if (!abort.signal.aborted && running?.abort === abort) startWorker();
			}, 5000).unref();
		});
		running = { abort, ended };
	}

	async function stopWorker(): Promise<void> {
		running?.abort.abort();
		await running?.ended;
		running = null;
	}

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
		async reconfigure(config) {
			const { models } = app.library.layout;
			const next = { ...config, dataDir: app.config.dataDir };
			await stopWorker();
			app = {
				...app,
				config: next,
				engines: openEngines(next, models, environment, app.speech),
				chat: openChat(next, environment),
			};
			if (worker) startWorker();
			events.tell({ type: "settings" });
		},
		async stop() {
			await stopWorker();
			events.close();
		},
	};
}
