import { randomUUID } from "node:crypto";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Finding } from "../library/finding.ts";
import type { App } from "./open-app.ts";
import { validateRecordings } from "./validate.ts";

export type ValidationRun = {
	id: string;
	/** Null: everything. */
	name: string | null;
	repair: boolean;
	state: "running" | "done" | "failed";
	startedAt: string;
	finishedAt: string | null;
	doneBytes: number;
	totalBytes: number;
	recordings: number;
	files: number;
	/** The first ones. */
	findings: Finding[];
	findingsTotal: number;
	error: { code: string; message: string } | null;
};

/** Validations that go on while others ask for them; they are forgotten with the process. */
export type ValidationRuns = {
	/** @throws ERR_LIBRARY_BUSY where one is running: reading every byte twice at once helps nobody */
	start(app: App, name: string | null, repair: boolean): ValidationRun;
	/** Newest first. */
	list(): ValidationRun[];
	/** @throws ERR_NOT_FOUND */
	get(id: string): ValidationRun;
	/** Ends what runs; a repair is broken off between two recordings. */
	stop(): Promise<void>;
};

const mostFindingsKept = 1000;
const mostRunsKept = 10;

export function openValidationRuns(): ValidationRuns {
	const runs: ValidationRun[] = [];
	let running: { abort: AbortController; ended: Promise<void> } | null = null;

	async function carryOut(app: App, run: ValidationRun, signal: AbortSignal): Promise<void> {
		try {
			const { recordings, files } = await validateRecordings(app, {
				names: run.name === null ? "all" : [run.name],
				repair: run.repair,
				signal,
				onFinding(found) {
					run.findingsTotal += 1;
					if (run.findings.length < mostFindingsKept) run.findings.push(found);
				},
				onProgress(doneBytes, totalBytes) {
					run.doneBytes = doneBytes;
					run.totalBytes = totalBytes;
				},
			});
			Object.assign(run, { recordings, files, state: "done" });
		} catch (thrown) {
			const { code, message } = toOnwaxError(thrown);
			const error = signal.aborted
				? { code: "ERR_INTERRUPTED", message: "The service was stopped." }
				: { code, message };
			Object.assign(run, { error, state: "failed" });
		} finally {
			run.finishedAt = new Date().toISOString();
			running = null;
		}
	}

	return {
		start(app, name, repair) {
			if (running) {
				throw new OnwaxError("ERR_LIBRARY_BUSY", "A validation is running already.", {
					retryable: true,
					hint: "Wait for it to end.",
				});
			}
			const run: ValidationRun = {
				...{ id: randomUUID(), name, repair, state: "running" },
				...{ startedAt: new Date().toISOString(), finishedAt: null },
				...{ doneBytes: 0, totalBytes: 0, recordings: 0, files: 0 },
				...{ findings: [], findingsTotal: 0, error: null },
			};
			runs.unshift(run);
			runs.splice(mostRunsKept);
			const abort = new AbortController();
			running = { abort, ended: carryOut(app, run, abort.signal) };
			return run;
		},
		list: () => runs,
		get(id) {
			const run = runs.find((one) => one.id === id);
			if (run) return run;
			throw new OnwaxError("ERR_NOT_FOUND", "There is no such validation.", {
				hint: "The newest ten since the service was started are remembered.",
			});
		},
		async stop() {
			running?.abort.abort();
			await running?.ended;
		},
	};
}
