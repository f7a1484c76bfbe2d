import type { Catalogue } from "../catalogue/catalogue.ts";
import { sql } from "../catalogue/kysely.ts";
import { trashedCode } from "../catalogue/trashed-jobs.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Attempt, JobKind } from "../job.ts";
import { enqueue, forgetParked, hasten } from "../jobs/queue.ts";
import { cancelWork, isCancelled } from "./cancel.ts";
import type { App } from "./open-app.ts";
import { namesIn, retryRecording } from "./retry.ts";

export type OpenJobState = "queued" | "running" | "parked";

/** A job that waits, is being done, or was given up. */
export type OpenJob = {
	id: number;
	kind: JobKind;
	state: OpenJobState;
	recording: string;
	title: string | null;
	originalFilename: string | null;
	durationSeconds: number | null;
	parameters: Record<string, string>;
	createdAt: string;
	/** Null for one that runs or is parked. */
	nextRunAt: string | null;
	deliveries: number;
	attempts: Attempt[];
	errorCode: string | null;
	/** What the recording says of its failure. */
	errorMessage: string | null;
};

export type OpenJobsOptions = {
	state: OpenJobState;
	limit: number;
	/** The `next` of the page before. */
	after?: string | undefined;
};

/**
 * Jobs of one state: those that wait by the time at which they are due, all others by age. What was
 * given up and has been queued anew since is no job any more, and neither is what lies in the trash.
 *
 * @throws ERR_USAGE for an `after` that is none of ours
 */
export async function listOpenJobs(
	{ db }: Pick<Catalogue, "db">,
	{ state, limit, after }: OpenJobsOptions,
): Promise<{ jobs: OpenJob[]; next: string | null }> {
	let query = openJobs(db)
		.where("jobs.state", "=", state)
		.orderBy("jobs.run_at")
		.orderBy("jobs.id")
		.limit(limit + 1);
	if (after !== undefined) {
		const { runAt, id } = positionOf(after);
		query = query.where((is) =>
			is.or([
				is("jobs.run_at", ">", runAt),
				is.and([is("jobs.run_at", "=", runAt), is("jobs.id", ">", id)]),
			]),
		);
	}
	const rows = await query.execute();
	const page = rows.slice(0, limit);
	const last = rows.length > limit ? page.at(-1) : undefined;
	return { jobs: page.map(jobOf), next: last ? `${last.run_at}_${last.id}` : null };
}

/** @throws ERR_NOT_FOUND where it is none, or done */
export async function openJob({ db }: Pick<Catalogue, "db">, id: number): Promise<OpenJob> {
	const row = await openJobs(db).where("jobs.id", "=", id).executeTakeFirst();
	if (row) return jobOf(row);
	throw new OnwaxError("ERR_NOT_FOUND", `There is no open job ${id}.`, {
		hint: "It may have been done meanwhile.",
	});
}

/** `parked`: those that need somebody; what a person cancelled needs nobody. */
export async function countOpenJobs({
	db,
}: Pick<Catalogue, "db">): Promise<Record<OpenJobState, number>> {
	const counts = { queued: 0, running: 0, parked: 0 };
	const rows = await db
		.selectFrom("jobs")
		.select(["state", ({ fn }) => fn.countAll<number>().as("jobs")])
		.where("state", "in", ["queued", "running"])
		.groupBy("state")
		.execute();
	for (const row of rows) counts[row.state as OpenJobState] = row.jobs;
	const parked = await openJobs(db)
		.where("jobs.state", "=", "parked")
		.where(({ or, eb }) =>
			or([eb("jobs.error_code", "is", null), eb("jobs.error_code", "!=", "ERR_CANCELLED")]),
		)
		.clearSelect()
		.select(({ fn }) => fn.countAll<number>().as("jobs"))
		.executeTakeFirstOrThrow();
	return { ...counts, parked: parked.jobs };
}

/**
 * Has a job done now: one that waits for its time is due, one that was given up is queued anew.
 *
 * @throws ERR_STATE for one that runs; ERR_NOT_FOUND; ERR_NO_ENGINE
 */
export async function retryJob(app: App, id: number): Promise<void> {
	const { catalogue } = app.library;
	const { state, kind, recording, parameters } = await openJob(catalogue, id);
	if (state === "running") {
		throw new OnwaxError("ERR_STATE", "It is being done at this moment.", {
			hint: "Wait for it to end.",
		});
	}
	const known = await catalogue.get(recording);
	if (known === null) throw new OnwaxError("ERR_NOT_FOUND", "Its recording is gone.");
	if (kind === "transcribe" && known.metadata.state !== "success") {
		await retryRecording(app, recording);
		return;
	}
	await catalogue.transaction(async (tx) => {
		await forgetParked(tx, recording, kind);
		await enqueue(tx, [{ recording, kind, parameters }]);
		await hasten(tx, { recording, kind, parameters });
	});
}

/**
 * Ends one job, whatever its kind, as `cancelWork` does.
 *
 * @throws ERR_NOT_FOUND where it is none, or done; ERR_STATE where it was given up or cancelled
 */
export async function cancelJob(app: App, id: number): Promise<void> {
	const { recording, kind, state } = await openJob(app.library.catalogue, id);
	if (state === "parked") {
		throw new OnwaxError("ERR_STATE", "Nobody is at work on it, and it does not wait.");
	}
	await cancelWork(app, recording, [kind]);
}

/**
 * Queues failed recordings once more, oldest first, the first `limit` of them; not those that a person
 * cancelled.
 *
 * @param except tells of an error that asking again would only repeat
 * @throws ERR_NO_ENGINE
 */
export async function retryFailed(
	app: App,
	limit: number,
	except: (errorCode: string | null) => boolean = () => false,
): Promise<{ queued: number; skipped: number; remaining: number }> {
	const names = await namesIn(app, ["failed"], (code) => isCancelled(code) || except(code));
	const outcome = { queued: 0, skipped: 0, remaining: Math.max(0, names.length - limit) };
	for (const name of names.slice(0, limit)) {
		try {
			await retryRecording(app, name);
			outcome.queued += 1;
		} catch (thrown) {
			const error = toOnwaxError(thrown);
			// Changed by somebody else since it was listed: it is their turn.
			if (!["ERR_STATE", "ERR_NOT_FOUND", "ERR_LIBRARY_BUSY"].includes(error.code)) throw thrown;
			outcome.skipped += 1;
		}
	}
	return outcome;
}

function openJobs(db: Catalogue["db"]) {
	return db
		.selectFrom("jobs")
		.innerJoin("recordings", "recordings.name", "jobs.recording")
		.select([
			...(["jobs.id", "jobs.kind", "jobs.state", "jobs.recording", "jobs.parameters"] as const),
			...(["jobs.run_at", "jobs.deliveries", "jobs.attempts", "jobs.created_at"] as const),
			...(["jobs.error_code", "recordings.title", "recordings.duration_seconds"] as const),
			...(["recordings.original_filename", "recordings.error_message"] as const),
		])
		.where("jobs.state", "in", ["queued", "running", "parked"])
		.where((is) =>
			is.or([
				is("jobs.state", "!=", "parked"),
				is.and([
					is("recordings.status", "!=", "deleted"),
					is.or([is("jobs.error_code", "is", null), is("jobs.error_code", "!=", trashedCode)]),
					is.not(
						is.exists(
							is
								.selectFrom("jobs as again")
								.select("again.id")
								.whereRef("again.recording", "=", "jobs.recording")
								.whereRef("again.kind", "=", "jobs.kind")
								// Spelled out: only so the index of open jobs serves.
								.where(sql<boolean>`again.state IN ('queued', 'running')`),
						),
					),
				]),
			]),
		);
}

type Row = Awaited<ReturnType<ReturnType<typeof openJobs>["executeTakeFirstOrThrow"]>>;

function jobOf(row: Row): OpenJob {
	const isQueued = row.state === "queued";
	return {
		id: row.id,
		kind: row.kind,
		state: row.state as OpenJobState,
		recording: row.recording,
		title: row.title,
		originalFilename: row.original_filename,
		durationSeconds: row.duration_seconds,
		parameters: JSON.parse(row.parameters),
		createdAt: row.created_at,
		nextRunAt: isQueued ? new Date(row.run_at * 1000).toISOString() : null,
		deliveries: row.deliveries,
		attempts: JSON.parse(row.attempts),
		errorCode: row.error_code,
		errorMessage: row.error_message,
	};
}

function positionOf(after: string): { runAt: number; id: number } {
	const [, runAt, id] = /^(\d{1,12}(?:\.\d{1,20})?)_(\d{1,15})$/.exec(after) ?? [];
	if (runAt === undefined) throw new OnwaxError("ERR_USAGE", "`after` is no page's `next`.");
	return { runAt: Number(runAt), id: Number(id) };
}
