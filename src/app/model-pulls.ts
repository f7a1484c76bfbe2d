import type { Config } from "../config/defaults.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { inCatalogue } from "../models/catalogue.ts";
import type { PullStage } from "../models/pull-options.ts";
import { pullWanted } from "./models.ts";
import type { ServiceEvents } from "./service-events.ts";

export type ModelPullState = {
	state: "running" | "failed";
	stage: PullStage | null;
	doneBytes: number;
	totalBytes: number | null;
	error: { code: string; message: string; hint: string | null } | null;
};

/**
 * Models that are being fetched by this process. What has come stays on disk however it ends, and
 * the next pull goes on from there.
 */
export type ModelPulls = {
	/**
	 * Begins, or tells of the one that goes on already. Only a model of the catalogue, by its name:
	 * a path of this machine is nothing that a request may name.
	 *
	 * @throws ERR_NOT_FOUND
	 */
	start(config: Config, name: string, onPulled: () => Promise<void>): ModelPullState;
	/** Null: nothing is going on, and nothing has failed. */
	of(name: string): ModelPullState | null;
	/** Ends the one that goes on, and forgets one that failed. */
	cancel(name: string): Promise<void>;
	stop(): Promise<void>;
};

/** As often as somebody can see it move. */
const tellEveryMs = 250;

export function openModelPulls(events: Pick<ServiceEvents, "tell">): ModelPulls {
	type Running = { abort: AbortController; ended: Promise<void> };
	const states = new Map<string, ModelPullState>();
	const running = new Map<string, Running>();

	async function carryOut(
		config: Config,
		name: string,
		onPulled: () => Promise<void>,
		signal: AbortSignal,
	): Promise<void> {
		const known = inCatalogue(name);
		if (known === null) return;
		let toldAt = 0;
		const tell = (error: string | null) => {
			const { doneBytes = 0, totalBytes = null } = states.get(name) ?? {};
			events.tell({ type: "model-pull", model: name, doneBytes, totalBytes, error });
		};
		try {
			await pullWanted(config, { known, path: null }, null, {
				signal,
				onProgress(stage, doneBytes, totalBytes) {
					states.set(name, { state: "running", stage, doneBytes, totalBytes, error: null });
					if (performance.now() - toldAt < tellEveryMs) return;
					toldAt = performance.now();
					tell(null);
				},
				onRetry: () => {},
			});
			await onPulled();
			tell(null);
			states.delete(name);
			events.tell({ type: "settings" });
		} catch (thrown) {
			if (signal.aborted) {
				states.delete(name);
				return;
			}
			const { code, message, hint } = toOnwaxError(thrown);
			const { doneBytes = 0, totalBytes = null } = states.get(name) ?? {};
			const error = { code, message, hint };
			states.set(name, { state: "failed", stage: null, doneBytes, totalBytes, error });
			tell(message);
		} finally {
			running.delete(name);
		}
	}

	async function cancel(name: string): Promise<void> {
		const one = running.get(name);
		one?.abort.abort();
		await one?.ended;
		states.delete(name);
	}

	return {
		start(config, name, onPulled) {
			const before = states.get(name);
			if (running.has(name) && before) return before;
			if (inCatalogue(name) === null) {
				throw new OnwaxError("ERR_NOT_FOUND", `There is no model called ${name}.`, {
					hint: "GET /api/v1/models lists those that are known.",
				});
			}
			const begun: ModelPullState = {
				...{ state: "running", stage: null, doneBytes: 0, totalBytes: null, error: null },
			};
			states.set(name, begun);
			const abort = new AbortController();
			const ended = carryOut(config, name, onPulled, abort.signal);
			running.set(name, { abort, ended });
			return begun;
		},
		of: (name) => states.get(name) ?? null,
		cancel,
		async stop() {
			await Promise.all([...running.keys()].map(cancel));
		},
	};
}
