import { z } from "zod";
import { cleanup } from "../../app/cleanup.ts";
import type { Check } from "../../app/doctor.ts";
import { resolveRecording } from "../../app/resolve.ts";
import { serviceState } from "../../app/service-status.ts";
import { type StorageUse, storageUse } from "../../app/storage-use.ts";
import { openValidationRuns } from "../../app/validation-runs.ts";
import type { Routes } from "../context.ts";
import { checks, cleanupReport, serviceStatus, storage, validation } from "../contract/storage.ts";

/** Adding up the sizes of files takes a moment, and nobody needs them newer than this. */
const storageAgeMs = 15_000;

/** Of no use to who is elsewhere, and made by native code that is not to be loaded here. */
const soundChecks = ["microphone", "loudspeaker"];

export const storageRoutes: Routes = (server, context) => {
	const { service } = context;
	const stopped = new AbortController();
	const validations = openValidationRuns();
	// Before others are waited for: their requests may be what is ended here.
	server.addHook("preClose", async () => {
		stopped.abort();
		await validations.stop();
	});

	server.get(
		"/api/v1/status",
		{
			config: { scope: "read" },
			schema: {
				tags: ["Service"],
				summary: "The service at a glance",
				response: { 200: serviceStatus },
			},
		},
		async () => serviceState(service),
	);

	let known: { at: number; use: Promise<StorageUse> } | null = null;
	server.get(
		"/api/v1/storage",
		{
			config: { scope: "read" },
			schema: {
				tags: ["Storage"],
				summary: "What takes how much space",
				response: { 200: storage },
			},
		},
		async () => {
			const now = performance.now();
			if (known === null || now - known.at > storageAgeMs) {
				const use = storageUse(service.app);
				known = { at: now, use };
				use.catch(() => {
					known = null;
				});
			}
			return known.use;
		},
	);

	let examining: Promise<Check[]> | null = null;
	server.get(
		"/api/v1/doctor",
		{
			config: { scope: "admin" },
			schema: {
				tags: ["Service"],
				summary: "Looks at everything that Onwax stands on",
				description: "Takes some seconds. Whoever asks meanwhile gets the same answer.",
				response: { 200: checks },
			},
		},
		async () => {
			const { examine } = await import("../../app/doctor.ts");
			examining ??= Array.fromAsync(examine({ ...service.environment }, soundChecks)).finally(
				() => {
					examining = null;
				},
			);
			return { checks: await examining };
		},
	);

	server.post(
		"/api/v1/cleanup",
		{
			config: { scope: "admin" },
			schema: {
				tags: ["Storage"],
				summary: "Let go of what is older than the retention says",
				description:
					"Into the trash, and out of the trash for good what lay there for long enough. With `dryRun` nothing is changed.",
				body: z.strictObject({
					dryRun: z.boolean().default(false),
					olderThanDays: z.number().min(0).max(36_500).nullable().default(null),
				}),
				response: { 200: cleanupReport },
			},
		},
		async ({ body, caller, ip }) => {
			const { dryRun } = body;
			const by = { caller, address: ip };
			const report = await cleanup(service.app, { ...body, signal: stopped.signal, by });
			known = null;
			if (!dryRun) {
				await context.audit.note({
					...{ caller, address: ip, action: "cleanup" },
					detail: { trashed: report.trashed.length, purged: report.purged.length },
				});
			}
			return { ...report, dryRun };
		},
	);

	server.post(
		"/api/v1/validate",
		{
			config: { scope: "admin" },
			schema: {
				tags: ["Storage"],
				summary: "Read every byte, and compare it with what was promised",
				description:
					"It goes on behind the answer; GET at `/api/v1/validate/:id` tells how far it is.",
				body: z.strictObject({
					/** A recording; left out: all of them. */
					ref: z.string().min(1).max(200).optional(),
					repair: z.boolean().default(false),
				}),
				response: { 202: validation },
			},
		},
		async ({ body }, reply) => {
			const { app } = service;
			const recording =
				body.ref === undefined ? null : await resolveRecording(app.library.catalogue, body.ref);
			const run = validations.start(app, recording?.metadata.name ?? null, body.repair);
			return reply.code(202).header("location", `/api/v1/validate/${run.id}`).send(run);
		},
	);
	server.get(
		"/api/v1/validate",
		{
			config: { scope: "read" },
			schema: {
				tags: ["Storage"],
				summary: "The newest validations of this service",
				response: { 200: z.object({ validations: z.array(validation) }) },
			},
		},
		async () => ({ validations: validations.list() }),
	);
	server.get(
		"/api/v1/validate/:id",
		{
			config: { scope: "read" },
			schema: {
				tags: ["Storage"],
				summary: "How far a validation is, and what it found",
				params: z.object({ id: z.uuid() }),
				response: { 200: validation },
			},
		},
		async ({ params }) => validations.get(params.id),
	);
};
