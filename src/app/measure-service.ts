import { sql } from "../catalogue/kysely.ts";
import { freeBytes } from "../durable/volume.ts";
import { jobKinds } from "../job.ts";
import type { Reading, Readings } from "../telemetry/metrics.ts";
import type { Service } from "./service.ts";

/** What is looked up when the metrics are asked for: a few small queries, none over all recordings. */
export async function measureService(service: Service): Promise<Readings> {
	const { app, startedAt } = service;
	const { library, config } = app;
	const [counts, jobs, free, breakers] = await Promise.all([
		library.catalogue.counts(),
		openJobs(service),
		freeBytes(library.layout.data),
		breakerReadings(service),
	]);
	const place = ({ status, state }: (typeof counts)[number]) => ({ status, state });
	const alone = (value: number): Reading[] => [{ labels: {}, value }];
	return {
		onwax_recordings: {
			help: "Recordings, by what they are and how far their text is",
			labels: ["status", "state"],
			values: counts.map((one) => ({ labels: place(one), value: one.recordings })),
		},
		onwax_recordings_bytes: {
			help: "Audio of these recordings",
			labels: ["status", "state"],
			values: counts.map((one) => ({ labels: place(one), value: one.sizeBytes })),
		},
		onwax_recordings_seconds: {
			help: "Length of these recordings",
			labels: ["status", "state"],
			values: counts.map((one) => ({ labels: place(one), value: one.durationSeconds })),
		},
		onwax_queue_jobs: {
			help: "Jobs that are not done",
			labels: ["state", "kind"],
			values: jobs.counts,
		},
		onwax_queue_oldest_seconds: {
			help: "How long the job that is due longest has been due; 0 where none is",
			labels: [],
			values: alone(jobs.oldestDueSeconds),
		},
		onwax_engine_breaker_open: {
			help: "1 while an engine is left alone because it failed too often",
			labels: ["engine"],
			values: breakers,
		},
		onwax_disk_free_bytes: {
			help: "Room on the disk of the library",
			labels: [],
			values: alone(free),
		},
		onwax_disk_reserve_bytes: {
			help: "Room that is kept free: nothing is taken in below it",
			labels: [],
			values: alone(config.minFreeSpaceMb * 1e6),
		},
		onwax_worker_running: {
			help: "1 while this process does the work that waits",
			labels: [],
			values: alone(service.worker === "running" ? 1 : 0),
		},
		onwax_start_time_seconds: {
			help: "When the service was started, since the epoch",
			labels: [],
			values: alone(startedAt.getTime() / 1000),
		},
		onwax_build_info: {
			help: "Which version this is",
			labels: ["version", "node"],
			values: [{ labels: { version: library.appVersion, node: process.versions.node }, value: 1 }],
		},
	};
}

const shownStates = ["queued", "running", "parked"] as const;

async function openJobs({
	app,
}: Service): Promise<{ counts: Reading[]; oldestDueSeconds: number }> {
	const rows = await app.library.catalogue.db
		.selectFrom("jobs")
		.select(["state", "kind", ({ fn }) => fn.countAll<number>().as("jobs")])
		.where("state", "in", shownStates)
		.groupBy(["state", "kind"])
		.execute();
	// All of them, so that a queue that was emptied says 0 instead of nothing.
	const counts = shownStates.flatMap((state) =>
		jobKinds.map((kind): Reading => {
			const row = rows.find((one) => one.state === state && one.kind === kind);
			return { labels: { state, kind }, value: row?.jobs ?? 0 };
		}),
	);
	return { counts, oldestDueSeconds: await oldestDueSeconds(app) };
}

/** How long the job that is due longest has been due; 0 where none is. */
export async function oldestDueSeconds({ library }: Service["app"]): Promise<number> {
	const row = await library.catalogue.db
		.selectFrom("jobs")
		.select(sql<number>`unixepoch('subsec') - min(run_at)`.as("seconds"))
		.where("state", "=", "queued")
		.executeTakeFirst();
	return Math.max(0, row?.seconds ?? 0);
}

async function breakerReadings({ app }: Service): Promise<Reading[]> {
	const { names } = await app.engines.describeOrder();
	const all = [...new Set([...names, ...Object.keys(app.config.engines)])];
	return Promise.all(
		all.map(async (engine): Promise<Reading> => {
			const { state } = await app.engines.breakerOf(engine);
			return { labels: { engine }, value: state === "open" ? 1 : 0 };
		}),
	);
}
