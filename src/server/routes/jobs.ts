import { z } from "zod";
import { isCancelled } from "../../app/cancel.ts";
import {
	cancelJob,
	countOpenJobs,
	listOpenJobs,
	type OpenJob,
	openJob,
	retryFailed,
	retryJob,
} from "../../app/open-jobs.ts";
import type { Service } from "../../app/service.ts";
import type { Routes } from "../context.ts";
import type { Job } from "../contract/jobs.ts";
import { job, jobPage, openJobStates, retriedJobs } from "../contract/jobs.ts";

/** One request does not keep others waiting for longer than some seconds. */
const mostRetriedAtOnce = 500;
const mostAttemptsShown = 10;

const jobId = z.object({ id: z.coerce.number().int().min(1) });

export const jobRoutes: Routes = (server, { service, audit }) => {
	server.get(
		"/api/v1/jobs",
		{
			config: { scope: "read" },
			schema: {
				tags: ["Jobs"],
				summary: "What waits, what is being done, and what was given up",
				querystring: z.object({
					state: z.enum(openJobStates).default("queued"),
					limit: z.coerce.number().int().min(1).max(200).default(50),
					after: z.string().max(60).optional(),
				}),
				response: { 200: jobPage },
			},
		},
		async ({ query }) => {
			const { catalogue } = service.app.library;
			const { jobs, next } = await listOpenJobs(catalogue, query);
			const counts = await countOpenJobs(catalogue);
			return { jobs: jobs.map((one) => jobJson(service, one)), next, counts };
		},
	);
	server.get(
		"/api/v1/jobs/:id",
		{
			config: { scope: "read" },
			schema: {
				tags: ["Jobs"],
				summary: "One job that is not done",
				params: jobId,
				response: { 200: job },
			},
		},
		async ({ params }) => jobJson(service, await openJob(service.app.library.catalogue, params.id)),
	);
	server.post(
		"/api/v1/jobs/retry-failed",
		{
			config: { scope: "write" },
			schema: {
				tags: ["Jobs"],
				summary: "Try all failed recordings again",
				description: `The first ${mostRetriedAtOnce}, oldest first; ask again while \`remaining\` is above 0.`,
				response: { 200: retriedJobs },
			},
		},
		async () => retryFailed(service.app, mostRetriedAtOnce),
	);
	server.post(
		"/api/v1/jobs/:id/cancel",
		{
			config: { scope: "write" },
			schema: {
				tags: ["Jobs"],
				summary: "End this one, whether it waits or is being done",
				description:
					"It stays ended until somebody retries it. The audio, the text that is there and what an engine answered so far stay. Who is at work on it stops within seconds, and cannot change anything any more.",
				params: jobId,
				response: { 200: z.object({ name: z.string(), kind: z.string() }) },
			},
		},
		async ({ params, caller, ip: address }) => {
			const { recording, kind } = await openJob(service.app.library.catalogue, params.id);
			await cancelJob(service.app, params.id);
			await audit.note({ caller, address, action: "cancel", recording, detail: { kind } });
			return { name: recording, kind };
		},
	);
	server.post(
		"/api/v1/jobs/:id/retry",
		{
			config: { scope: "write" },
			schema: {
				tags: ["Jobs"],
				summary: "Do this one now, or once more",
				params: jobId,
				response: { 202: z.object({ name: z.string(), kind: z.string() }) },
			},
		},
		async ({ params }, reply) => {
			const { recording, kind } = await openJob(service.app.library.catalogue, params.id);
			await retryJob(service.app, params.id);
			return reply.code(202).send({ name: recording, kind });
		},
	);
};

function jobJson(service: Service, one: OpenJob): Job {
	const { id, kind, state, title, originalFilename, durationSeconds, createdAt } = one;
	const isTranscription = kind === "transcribe";
	const attempts = one.attempts.slice(-mostAttemptsShown);
	const last = attempts.at(-1);
	const code = one.errorCode ?? last?.code ?? null;
	const told = last?.message ?? (state === "parked" ? one.errorMessage : null);
	const message = isCancelled(code) ? null : told;
	return {
		...{
			id,
			kind,
			state,
			name: one.recording,
			title,
			originalFilename,
			durationSeconds,
			createdAt,
		},
		engine: one.parameters.engine ?? null,
		nextRunAt: one.nextRunAt,
		deliveries: one.deliveries,
		attempts: attempts.map(({ at, engine, code, message }) => ({ at, engine, code, message })),
		reason: code === null ? null : { code, message: message ?? reasonOf(code) },
		progress: state === "running" && isTranscription ? service.progressOf(one.recording) : null,
	};
}

/** For those of which nothing but the code was kept. */
function reasonOf(code: string): string {
	if (isCancelled(code)) return "Cancelled by you.";
	if (code === "ERR_INTERRUPTED") return "It was interrupted, and is done again.";
	if (code === "ERR_JOB_POISON") return "It ended its worker again and again.";
	if (code === "ERR_NO_ENGINE") return "No engine can take it at the moment.";
	if (code === "ERR_ENGINE_PAUSED") return "Its engine is left alone for a while: it kept failing.";
	return "The log has the reason.";
}
