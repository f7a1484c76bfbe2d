import { z } from "zod";
import { shelves, sources, states } from "../../recording.ts";

/** `low`: what is written is watched; `critical`: nothing new is taken in. */
export const diskLevels = ["ok", "low", "critical"] as const;

export const disk = z
	.object({
		freeBytes: z.int(),
		totalBytes: z.int(),
		/** Stays free: a recording ends, and an upload is refused, before this is touched. */
		reserveBytes: z.int(),
		level: z.enum(diskLevels),
		hint: z.string().nullable(),
	})
	.meta({ id: "Disk" });
export type Disk = z.infer<typeof disk>;

export const breaker = z
	.object({
		/** `open`: it is left alone until `until`. `trying`: the next request shows whether it is back. */
		state: z.enum(["closed", "open", "trying"]),
		since: z.string().nullable(),
		until: z.string().nullable(),
		failures: z.int(),
		lastFailure: z.object({ at: z.string(), code: z.string(), message: z.string() }).nullable(),
		lastSuccessAt: z.string().nullable(),
	})
	.meta({ id: "Breaker" });
export type Breaker = z.infer<typeof breaker>;

export const serviceStatus = z
	.object({
		version: z.string(),
		startedAt: z.string(),
		uptimeSeconds: z.number(),
		/** `elsewhere`: this service leaves the work to `onwax worker`. */
		worker: z.enum(["running", "stopped", "elsewhere"]),
		/** What new recordings are transcribed with; null: audio is kept without text. */
		engine: z.object({ name: z.string(), why: z.string(), breaker }).nullable(),
		recordings: z.object({
			total: z.int(),
			pending: z.int(),
			success: z.int(),
			failed: z.int(),
			durationSeconds: z.number(),
			sizeBytes: z.int(),
		}),
		trash: z.object({ recordings: z.int(), sizeBytes: z.int() }),
		jobs: z.object({ queued: z.int(), running: z.int(), parked: z.int() }),
		/** What is being recorded on the service's own machine at this moment. */
		recording: z.array(
			z.object({
				name: z.string(),
				state: z.string(),
				device: z.string().nullable(),
				capturedSeconds: z.number().nullable(),
			}),
		),
		disk,
	})
	.meta({ id: "Status" });
export type ServiceStatus = z.infer<typeof serviceStatus>;

const amount = z.object({ recordings: z.int(), sizeBytes: z.int(), durationSeconds: z.number() });

export const storage = z
	.object({
		disk,
		/** Kept recordings. */
		total: amount,
		byShelf: z.array(amount.extend({ shelf: z.enum(shelves) })),
		byState: z.array(amount.extend({ state: z.enum(states) })),
		bySource: z.array(amount.extend({ source: z.enum(sources) })),
		/** By the month in the name, `2026-11`, oldest first, without empty ones. */
		byMonth: z.array(amount.extend({ month: z.string() })),
		trash: amount,
		/** Beside the recordings. */
		others: z.object({
			catalogueBytes: z.int(),
			backupBytes: z.int(),
			logBytes: z.int(),
			modelBytes: z.int(),
			/** Begun and not finished: uploads, recordings in progress, transcriptions. */
			unfinishedBytes: z.int(),
		}),
		forecast: z.object({
			/** Of the last 30 days. */
			bytesPerDay: z.number(),
			/** Until the reserve is reached at that pace; null: not to be foreseen. */
			daysLeft: z.number().nullable(),
		}),
	})
	.meta({ id: "Storage" });
export type Storage = z.infer<typeof storage>;

export const check = z
	.object({
		name: z.string(),
		/** `warning`: something does not work that one may do without. */
		state: z.enum(["ok", "warning", "problem"]),
		message: z.string(),
		hint: z.string().nullable(),
		code: z.string().nullable(),
	})
	.meta({ id: "Check" });
export type Check = z.infer<typeof check>;

export const checks = z.object({ checks: z.array(check) }).meta({ id: "Checks" });
export type Checks = z.infer<typeof checks>;

export const cleanupReport = z
	.object({
		dryRun: z.boolean(),
		scanned: z.int(),
		/** Moved to the trash. */
		trashed: z.array(z.object({ name: z.string(), reason: z.string() })),
		/** Destroyed: had been in the trash for long enough. */
		purged: z.array(z.object({ name: z.string(), reason: z.string() })),
		bytesFreed: z.int(),
		errors: z.array(z.object({ name: z.string(), message: z.string() })),
	})
	.meta({ id: "CleanupReport" });
export type CleanupReport = z.infer<typeof cleanupReport>;

export const finding = z
	.object({
		/** Name of the recording; of what is none, its place under `recordings/`. */
		recording: z.string(),
		/** In the recording's folder; null where it is about the whole. */
		file: z.string().nullable(),
		kind: z.string(),
		severity: z.enum(["damaged", "notice"]),
		message: z.string(),
		/** It was put right, and a second look confirmed that. */
		repaired: z.boolean(),
		hint: z.string().nullable(),
	})
	.meta({ id: "Finding" });

/** One run over everything, or over one recording; the service remembers the newest ones. */
export const validation = z
	.object({
		id: z.string(),
		repair: z.boolean(),
		/** The recording's name; null: all of them. */
		name: z.string().nullable(),
		state: z.enum(["running", "done", "failed"]),
		startedAt: z.string(),
		finishedAt: z.string().nullable(),
		doneBytes: z.int(),
		/** An estimate. */
		totalBytes: z.int(),
		recordings: z.int(),
		files: z.int(),
		/** The first 1000. */
		findings: z.array(finding),
		findingsTotal: z.int(),
		error: z.object({ code: z.string(), message: z.string() }).nullable(),
	})
	.meta({ id: "Validation" });
export type Validation = z.infer<typeof validation>;

/** D3.3: what the last cleanup did, and how much there is. Sizes in bytes. */
export const storageStats = z
	.object({
		lastCleanup: z
			.object({
				at: z.string(),
				scanned: z.int(),
				deleted: z.int(),
				failed: z.int(),
				errors: z.array(z.string()),
				bytesFreed: z.int(),
			})
			.nullable(),
		recordings: z.int(),
		sizeBytes: z.int(),
		trashBytes: z.int(),
		freeBytes: z.int(),
		reserveBytes: z.int(),
		level: z.enum(diskLevels),
	})
	.meta({ id: "StorageStats" });
export type StorageStats = z.infer<typeof storageStats>;
