import { z } from "zod";
import { jobKinds } from "../../job.ts";

/** Those that a person may ask about; what is done is not a job any more. */
export const openJobStates = ["queued", "running", "parked"] as const;

export const job = z
	.object({
		id: z.int(),
		kind: z.enum(jobKinds),
		/** `parked`: tried too often, or hopeless; it waits for a person. */
		state: z.enum(openJobStates),
		/** The recording's name and title, and what the file was called that it came as. */
		name: z.string(),
		title: z.string().nullable(),
		originalFilename: z.string().nullable(),
		durationSeconds: z.number().nullable(),
		/** The engine that was asked for by name; null: the default one. */
		engine: z.string().nullable(),
		createdAt: z.string(),
		/** When it is tried next; null for one that runs or is parked. */
		nextRunAt: z.string().nullable(),
		/** How often it was handed out. */
		deliveries: z.int(),
		/** Failed tries, oldest first; the newest ten. */
		attempts: z.array(
			z.object({
				at: z.string(),
				engine: z.string().nullable(),
				code: z.string(),
				message: z.string(),
			}),
		),
		/** Why it waits or was given up; null where nothing has failed. */
		reason: z.object({ code: z.string(), message: z.string() }).nullable(),
		/** How far a long one is, where this process does it. */
		progress: z.object({ doneSeconds: z.number(), durationSeconds: z.number() }).nullable(),
	})
	.meta({ id: "Job" });
export type Job = z.infer<typeof job>;

export const jobPage = z
	.object({
		jobs: z.array(job),
		/** To be given as `after` for the next page; null: this was the last. */
		next: z.string().nullable(),
		/** Of all there are, by state; `parked` without what was cancelled. */
		counts: z.object({ queued: z.int(), running: z.int(), parked: z.int() }),
	})
	.meta({ id: "JobPage" });
export type JobPage = z.infer<typeof jobPage>;

export const retriedJobs = z
	.object({
		queued: z.int(),
		/** Changed by somebody else meanwhile, or nothing to be done. */
		skipped: z.int(),
		/** Not looked at yet: ask again. */
		remaining: z.int(),
	})
	.meta({ id: "RetriedJobs" });
export type RetriedJobs = z.infer<typeof retriedJobs>;
