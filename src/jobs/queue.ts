import { randomUUID } from "node:crypto";
import type { Kysely, Selectable } from "kysely";
import { sql } from "../catalogue/kysely.ts";
import type { CatalogueTables, JobsTable } from "../catalogue/schema.ts";
import type { Attempt, Job, JobKind } from "../job.ts";

/** Outside a transaction, or inside one. */
export type JobsDatabase = Kysely<CatalogueTables>;

/**
 * A job that is due further ahead than this was queued by a clock that was wrong: it is due now
 * (fault 20). Nothing is ever postponed for longer.
 */
export const longestDelaySeconds = 24 * 60 * 60;

/**
 * Every time in this table is the database's own: several machines have several clocks. Made when it is
 * used: whoever only imports this file has no use for what it would load.
 */
const now = () => sql<number>`unixepoch('subsec')`;

export type NewJob = {
	recording: string;
	kind: JobKind;
	parameters?: Record<string, string>;
	delaySeconds?: number;
};

/** Queues work; where the same kind is queued or running for a recording already, does nothing. */
export async function enqueue(db: JobsDatabase, jobs: NewJob[]): Promise<void> {
	for (const job of jobs) {
		const delaySeconds = Math.min(job.delaySeconds ?? 0, longestDelaySeconds);
		await db
			.insertInto("jobs")
			.values({
				recording: job.recording,
				kind: job.kind,
				parameters: JSON.stringify(job.parameters ?? {}),
				run_at: sql<number>`unixepoch('subsec') + ${delaySeconds}`,
				created_at: new Date().toISOString(),
				token: null,
				lease_until: null,
				writer: null,
				error_code: null,
				finished_at: null,
			})
			.onConflict((conflict) => conflict.doNothing())
			.execute();
	}
}

/** A job that was queued before is due now, and does what is asked for now. */
export async function hasten(
	db: JobsDatabase,
	job: Required<Omit<NewJob, "delaySeconds">>,
): Promise<void> {
	await db
		.updateTable("jobs")
		.set({ run_at: now(), parameters: JSON.stringify(job.parameters), deliveries: 0 })
		.where("recording", "=", job.recording)
		.where("kind", "=", job.kind)
		.where("state", "=", "queued")
		.execute();
}

/** A person has decided what becomes of work that was given up: it waits for nobody any more. */
export async function forgetParked(
	db: JobsDatabase,
	recording: string,
	kind: JobKind,
): Promise<void> {
	await db
		.deleteFrom("jobs")
		.where("recording", "=", recording)
		.where("kind", "=", kind)
		.where("state", "=", "parked")
		.execute();
}

export type ClaimOptions = {
	writer: string;
	leaseSeconds: number;
	kinds: readonly JobKind[];
	/** Only jobs of these recordings. */
	recordings?: readonly string[];
};

/**
 * Hands out the job that has been due longest, with a fresh fencing token, or null. A running job
 * whose lease has run out, or lies further ahead than any lease could, is handed out again.
 *
 * To be called in an immediate transaction: no two callers get the same job.
 */
export async function claim(tx: JobsDatabase, options: ClaimOptions): Promise<Job | null> {
	const row = await due(tx, options)
		.selectAll()
		.orderBy("run_at")
		.orderBy("id")
		.limit(1)
		.executeTakeFirst();
	if (!row) return null;
	const token = randomUUID();
	await tx
		.updateTable("jobs")
		.set({
			state: "running",
			token,
			writer: options.writer,
			lease_until: sql<number>`unixepoch('subsec') + ${options.leaseSeconds}`,
			deliveries: row.deliveries + 1,
		})
		.where("id", "=", row.id)
		.execute();
	return jobOf({ ...row, deliveries: row.deliveries + 1 }, token);
}

function jobOf(row: Selectable<JobsTable>, token: string): Job {
	const { id, recording, kind, deliveries } = row;
	return {
		...{ id, recording, kind, deliveries, state: "running", token },
		parameters: JSON.parse(row.parameters),
		attempts: JSON.parse(row.attempts),
	};
}

/** Whether there is anything to claim: a cheap look that takes no lock. */
export async function isDue(db: JobsDatabase, options: ClaimOptions): Promise<boolean> {
	const row = await due(db, options).select("id").limit(1).executeTakeFirst();
	return row !== undefined;
}

function due(db: JobsDatabase, options: ClaimOptions) {
	const { leaseSeconds, kinds, recordings } = options;
	let query = db
		.selectFrom("jobs")
		.where("kind", "in", kinds)
		.where((is) =>
			is.or([
				is.and([
					is("state", "=", "queued"),
					is.or([
						is("run_at", "<=", now()),
						is("run_at", ">", sql<number>`unixepoch('subsec') + ${longestDelaySeconds + 60}`),
					]),
				]),
				is.and([
					is("state", "=", "running"),
					is.or([
						is("lease_until", "<", now()),
						is("lease_until", ">", sql<number>`unixepoch('subsec') + ${leaseSeconds * 10}`),
					]),
				]),
			]),
		);
	if (recordings) query = query.where("recording", "in", recordings);
	return query;
}

/** Whether this delivery is still the newest one. */
export async function holdsToken(db: JobsDatabase, job: Job): Promise<boolean> {
	const row = await db
		.selectFrom("jobs")
		.select("id")
		.where("id", "=", job.id)
		.where("state", "=", "running")
		.where("token", "=", job.token)
		.executeTakeFirst();
	return row !== undefined;
}

/**
 * This delivery has brought the work forward, and what it did is kept: the deliveries before it do
 * not count against the job any more. One that is interrupted again and again still comes to its end.
 */
export async function broughtForward(db: JobsDatabase, job: Job): Promise<void> {
	await db
		.updateTable("jobs")
		.set({ deliveries: 1 })
		.where("id", "=", job.id)
		.where("token", "=", job.token)
		.execute();
}

type Ending =
	| { state: "done" }
	| { state: "parked"; errorCode: string; attempts?: Attempt[] }
	| {
			state: "queued";
			errorCode: string;
			delaySeconds: number;
			/** How many deliveries count against it from now on: 0 where nothing is wrong with the job. */
			deliveries: number;
			attempts?: Attempt[];
	  };

/**
 * Ends this delivery of the job. Does nothing and returns false where a newer delivery was handed
 * out meanwhile (or the recording is gone): the late one has no say any more.
 */
export async function settle(db: JobsDatabase, job: Job, ending: Ending): Promise<boolean> {
	const attempts = "attempts" in ending ? ending.attempts : undefined;
	const result = await db
		.updateTable("jobs")
		.set({
			state: ending.state,
			token: null,
			lease_until: null,
			writer: null,
			error_code: ending.state === "done" ? null : ending.errorCode,
			finished_at: ending.state === "queued" ? null : new Date().toISOString(),
			...(attempts ? { attempts: JSON.stringify(attempts) } : {}),
			...(ending.state === "queued"
				? {
						deliveries: ending.deliveries,
						run_at: sql<number>`unixepoch('subsec') + ${Math.min(ending.delaySeconds, longestDelaySeconds)}`,
					}
				: {}),
		})
		.where("id", "=", job.id)
		.where("token", "=", job.token)
		.executeTakeFirst();
	return result.numUpdatedRows === 1n;
}

/** Gives back at once what a dead writer held, instead of waiting for its leases to run out. */
export async function releaseFrom(db: JobsDatabase, writers: string[]): Promise<void> {
	if (writers.length === 0) return;
	await db
		.updateTable("jobs")
		.set({ state: "queued", token: null, lease_until: null, writer: null, run_at: now() })
		.where("state", "=", "running")
		.where("writer", "in", writers)
		.execute();
}

/**
 * Takes a recording's open jobs of these kinds over from whoever has them, as a worker's claim would:
 * nobody else is handed them while the lease lasts, and who was at work on them has no say any more.
 *
 * To be called in an immediate transaction.
 */
export async function takeOver(
	tx: JobsDatabase,
	wanted: { recording: string; kinds: readonly JobKind[]; writer: string; leaseSeconds: number },
): Promise<Job[]> {
	const token = randomUUID();
	const rows = await tx
		.updateTable("jobs")
		.set({
			state: "running",
			token,
			writer: wanted.writer,
			lease_until: sql<number>`unixepoch('subsec') + ${wanted.leaseSeconds}`,
		})
		.where("recording", "=", wanted.recording)
		.where("kind", "in", wanted.kinds)
		// Spelled out: only so the index of open jobs serves.
		.where(sql<boolean>`state IN ('queued', 'running')`)
		.returningAll()
		.execute();
	return rows.map((row) => jobOf(row, token));
}

/** Jobs of these recordings that are not finished, with the seconds until they are due. */
export async function unfinished(
	db: JobsDatabase,
	recordings: readonly string[],
	kinds: readonly JobKind[],
): Promise<{ recording: string; kind: JobKind; state: string; dueInSeconds: number }[]> {
	return db
		.selectFrom("jobs")
		.select(["recording", "kind", "state"])
		.select(sql<number>`run_at - unixepoch('subsec')`.as("dueInSeconds"))
		.where("recording", "in", recordings)
		.where("kind", "in", kinds)
		.where("state", "in", ["queued", "running"])
		.execute();
}
