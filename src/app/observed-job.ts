import { OnwaxError } from "../errors.ts";
import type { Job } from "../job.ts";
import type { JobHandler } from "../jobs/worker.ts";
import type { Library } from "../library/library.ts";
import { type JobEnd, observe } from "../observation.ts";
import { correlated, correlationOf } from "../telemetry/correlation.ts";
import { inSpan } from "../telemetry/spans.ts";

/**
 * The handler, with its work counted and belonging to the request that queued it: in the log by its
 * id, and in its trace. What nobody asked for belongs to nobody, whoever woke the worker up.
 */
export function observedJob(library: Library, handler: JobHandler): JobHandler {
	return async (job, signal) => {
		const about = { "onwax.recording": job.recording, "onwax.job": job.id };
		return correlated(correlationOf(job.parameters), async () => {
			try {
				const outcome = await inSpan(
					`job ${job.kind}`,
					about,
					() => handler(job, signal),
					"consumer",
				);
				const end = outcome.kind === "settled" ? await endOf(library, job) : outcome.kind;
				observe({ kind: "job", job: job.kind, outcome: end });
				return outcome;
			} catch (error) {
				const isInterrupted =
					signal.aborted || (error instanceof OnwaxError && error.code === "ERR_INTERRUPTED");
				const outcome = isInterrupted ? "interrupted" : "failed";
				observe({ kind: "job", job: job.kind, outcome });
				throw error;
			}
		});
	};
}

/** A handler that settled its job itself may have parked it. */
async function endOf(library: Library, { id }: Job): Promise<JobEnd> {
	const row = await library.catalogue.db
		.selectFrom("jobs")
		.select("state")
		.where("id", "=", id)
		.executeTakeFirst();
	return row?.state === "parked" ? "given-up" : "done";
}
