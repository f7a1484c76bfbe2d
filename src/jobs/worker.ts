import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Job, JobKind } from "../job.ts";
import type { Library } from "../library/library.ts";
import { type Backoff, backoffSeconds } from "./backoff.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { type Patience, watchPatience } from "./patience.ts";
import { type ClaimOptions, claim, holdsToken, isDue, settle, unfinished } from "./queue.ts";
import { restOrWake } from "./wake.ts";

/** What a handler says of a job whose end it did not already write together with its result. */
export type JobOutcome =
	/** The handler settled the job in the transaction that wrote the result. */
	| { kind: "settled" }
	| { kind: "done" }
	/** Not now, through no fault of the job: tried again later, without an end to patience. */
	| { kind: "postponed"; error: OnwaxError; delaySeconds: number };

/**
 * Does one job. It may be called again for the same job after a crash, and must then find what was
 * done. The signal aborts when the lease is lost, the recording is trashed, or the worker stops; thrown
 * errors are retried where they are retryable, else the job is given up.
 */
export type JobHandler = (job: Job, signal: AbortSignal) => Promise<JobOutcome>;

export type WorkerOptions = {
	library: Library;
	handlers: Partial<Record<JobKind, JobHandler>>;
	/** Called before a job is parked for good, to tell the recording's owner. */
	onGivenUp: (job: Job, error: OnwaxError) => Promise<void>;
	concurrency: number;
	leaseSeconds: number;
	/** A job that was handed out this often without an end keeps killing its worker. */
	maxDeliveries: number;
	backoff?: Backoff;
	signal: AbortSignal;
	/**
	 * Names: works until these recordings have nothing left that could be done now. `all`: goes on
	 * with whatever is due until the signal aborts.
	 */
	scope: readonly string[] | "all";
	/** Work that is waited for only so long once it alone is left; without it, as long as it takes. */
	patience?: Patience;
};

const defaultBackoff: Backoff = { baseSeconds: 2, capSeconds: 15 * 60 };
const idlePollMs = 500;
const lostWords = "job lost: another worker has it, or somebody cancelled or trashed it";
/** Jobs that become due within this time are waited for. */
const patienceSeconds = 5;
/** So many names are looked at in one statement. */
const scopeWindow = 200;

/** Works on jobs, several at a time, beside any number of other processes that do the same. */
export async function runWorker(options: WorkerOptions): Promise<void> {
	const { library, signal } = options;
	const writer = await library.writer();
	const heartbeat = startHeartbeat(library.layout.catalogue, options.leaseSeconds);
	let kinds = Object.keys(options.handlers) as JobKind[];
	const remaining = options.scope === "all" ? null : new Set(options.scope);
	const running: JobKind[] = [];
	const { patience } = options;
	/** Ends work that is waited for no longer: it goes back to the queue. */
	const overdue = new AbortController();
	const isHurried = (kind: JobKind) => patience?.kinds.includes(kind) ?? false;

	async function next(): Promise<Job | null> {
		const recordings = remaining ? [...remaining].slice(0, scopeWindow) : undefined;
		const { leaseSeconds } = options;
		const wanted: ClaimOptions = { writer: writer.id, leaseSeconds, kinds, recordings };
		if (!(await isDue(library.catalogue.db, wanted))) return null;
		return library.catalogue.transaction((tx) => claim(tx, wanted));
	}

	/** Strikes out what is finished or has to wait for long; true when nothing is left. */
	async function nothingLeft(): Promise<boolean> {
		if (!remaining) return false;
		const names = [...remaining].slice(0, scopeWindow);
		const open = await unfinished(library.catalogue.db, names, kinds);
		const waited = open.filter(
			(job) => job.state === "running" || job.dueInSeconds < patienceSeconds,
		);
		const stillOpen = new Set(waited.map((job) => job.recording));
		for (const name of names) if (!stillOpen.has(name)) remaining.delete(name);
		return remaining.size === 0;
	}

	async function lane(): Promise<void> {
		while (!signal.aborted) {
			const job = await next();
			if (job) {
				running.push(job.kind);
				try {
					await work(job);
				} finally {
					running.splice(running.indexOf(job.kind), 1);
				}
			} else if (running.length === 0 && (await nothingLeft())) {
				return;
			} else {
				const pauseMs = remaining ? idlePollMs / 10 : idlePollMs;
				await restOrWake(pauseMs, signal);
			}
		}
	}

	async function work(job: Job): Promise<void> {
		const { request } = job.parameters;
		const cause = request === undefined ? {} : { requestId: request };
		const about = { recording: job.recording, job: job.id, kind: job.kind, ...cause };
		const log = library.log.child(about);
		const lost = new AbortController();
		const kept = heartbeat.keep({ id: job.id, token: job.token ?? "" }, () =>
			lost.abort(new OnwaxError("ERR_JOB_LOST", "This job was taken away from its worker.")),
		);
		const startedAt = performance.now();
		try {
			if (job.deliveries > options.maxDeliveries) {
				throw new OnwaxError(
					"ERR_JOB_POISON",
					`This work ended its worker ${job.deliveries - 1} times and is not tried again by itself.`,
					{ hint: "The audio is safe. `onwax retry` tries once more." },
				);
			}
			log.info({ deliveries: job.deliveries }, "job started");
			const handler = options.handlers[job.kind];
			if (!handler) throw new OnwaxError("ERR_INTERNAL", `nothing here does ${job.kind} jobs`);
			const ends = [signal, lost.signal, ...(isHurried(job.kind) ? [overdue.signal] : [])];
			const outcome = await handler(job, AbortSignal.any(ends));
			await conclude(job, outcome);
			const durationSeconds = (performance.now() - startedAt) / 1000;
			log.info({ outcome: outcome.kind, durationSeconds }, "job ended");
		} catch (error) {
			// What it fails with may come of that: the heartbeat only finds it out a little later.
			if (lost.signal.aborted || !(await holdsToken(library.catalogue.db, job))) {
				log.warn({}, lostWords);
			} else if (signal.aborted || (isHurried(job.kind) && overdue.signal.aborted)) {
				await giveBack(job);
			} else {
				await fail(job, toOnwaxError(error), log);
			}
		} finally {
			kept.stop();
		}
	}

	async function conclude(job: Job, outcome: JobOutcome): Promise<void> {
		if (outcome.kind === "settled") return;
		const { db } = library.catalogue;
		if (outcome.kind === "done") {
			await settle(db, job, { state: "done" });
		} else {
			const { error, delaySeconds } = outcome;
			const errorCode = error.code;
			await settle(db, job, { state: "queued", errorCode, delaySeconds, deliveries: 0 });
		}
	}

	async function fail(job: Job, error: OnwaxError, log: Library["log"]): Promise<void> {
		const { db } = library.catalogue;
		if (error.retryable && job.deliveries < options.maxDeliveries) {
			const backoff = options.backoff ?? defaultBackoff;
			const delaySeconds = backoffSeconds(job.deliveries, backoff, error.retryAfterSeconds);
			log.warn({ code: error.code, error: error.message, delaySeconds }, "job will be tried again");
			const { deliveries } = job;
			await settle(db, job, { state: "queued", errorCode: error.code, delaySeconds, deliveries });
			return;
		}
		log.error({ code: error.code, error: error.message }, "job given up");
		try {
			await options.onGivenUp(job, error);
		} catch (thrown) {
			if (await holdsToken(db, job)) throw thrown;
			log.warn({}, lostWords);
			return;
		}
		await settle(db, job, { state: "parked", errorCode: error.code });
	}

	/** This process is asked to stop, or waits no longer: the work is somebody's again at once. */
	async function giveBack(job: Job): Promise<void> {
		await settle(library.catalogue.db, job, {
			state: "queued",
			errorCode: "ERR_INTERRUPTED",
			delaySeconds: 0,
			deliveries: job.deliveries - 1,
		});
	}

	/** Whether whoever waits here waits for hurried work alone. */
	async function onlyHurriedLeft(): Promise<boolean> {
		if (!remaining || running.some((kind) => !isHurried(kind))) return false;
		// Whatever else is due has to wait for a lane.
		if (running.length >= options.concurrency) return true;
		const names = [...remaining].slice(0, scopeWindow);
		const open = await unfinished(library.catalogue.db, names, kinds);
		const others = open.filter(
			({ kind, state, dueInSeconds }) =>
				!isHurried(kind) && (state === "running" || dueInSeconds < patienceSeconds),
		);
		return others.length === 0 && open.length > 0;
	}

	const stopWatching =
		patience && remaining
			? watchPatience(patience, onlyHurriedLeft, () => {
					kinds = kinds.filter((kind) => !isHurried(kind));
					overdue.abort(new OnwaxError("ERR_INTERRUPTED", "It is waited for no longer."));
				})
			: () => undefined;
	try {
		await Promise.all(Array.from({ length: options.concurrency }, lane));
	} finally {
		stopWatching();
		await heartbeat.close();
	}
}
