import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { cancelWork, isCancelled } from "../../app/cancel.ts";
import { cleanup } from "../../app/cleanup.ts";
import { lastCleanup } from "../../app/cleanup-record.ts";
import { keptTranscript } from "../../app/export.ts";
import { cleanTitle } from "../../app/fields.ts";
import { resolveRecording } from "../../app/resolve.ts";
import type { Service } from "../../app/service.ts";
import { serviceState } from "../../app/service-status.ts";
import { cleanFilename } from "../../app/upload-about.ts";
import { uploadsOf } from "../../app/uploads.ts";
import { OnwaxError } from "../../errors.ts";
import { unfinished } from "../../jobs/queue.ts";
import type { Recording } from "../../recording.ts";
import type { StoredReceipt } from "../../uploads/receipt-file.ts";
import { requireScope } from "../authorise.ts";
import type { Routes, Server, ServerContext } from "../context.ts";
import { type ServiceJob, serviceJob, serviceJobResult } from "../contract/service-jobs.ts";
import { storageStats } from "../contract/storage.ts";
import { noteDeed } from "../note-deed.ts";
import { fileOf, takeForms } from "../uploads/form.ts";
import { ownerOf } from "../uploads/owner.ts";
import { announcedBytes, takeRawBodies } from "../uploads/raw-bodies.ts";
import { requireAudioItself, requireWholeBody } from "../uploads/whole-body.ts";

const tags = ["Transcription service"];
const params = z.object({ id: z.string().min(1).max(200) });
const query = z.object({
	filename: z.string().max(1000).optional(),
	title: z.string().max(1000).optional(),
});

/** The transcription service as D3.1 names it: hand audio in, ask how far it is, fetch the text. */
export const serviceJobRoutes: Routes = async (server, context) => {
	await server.register(async (scope: Server) => handIn(scope, context));
	const { service } = context;

	server.get(
		"/jobs/:id",
		{
			config: { scope: "read", orScope: "upload" },
			schema: {
				...{ tags, summary: "How far a job is" },
				description: "By the id that it was given, the permission `upload` is enough.",
				params,
				response: { 200: serviceJob },
			},
		},
		async (request) => {
			const { id } = request.params;
			// Who may only send knows the ids of what was sent; the other references would tell more.
			if (!isId(id)) requireScope(request, "read");
			return jobJson(service, await recordingOf(service, id));
		},
	);

	server.delete(
		"/jobs/:id",
		{
			config: { scope: "write" },
			schema: {
				...{ tags, summary: "Cancel a job that has no text yet" },
				description: "The audio stays; `POST /api/v1/recordings/ID/retry` begins the job again.",
				params,
				response: { 200: serviceJob },
			},
		},
		async (request) => {
			const { name } = (await recordingOf(service, request.params.id)).metadata;
			await cancelWork(service.app, name);
			await noteDeed(context, request, "cancel", name);
			return jobJson(service, await recordingOf(service, name));
		},
	);

	server.get(
		"/jobs/:id/result",
		{
			config: { scope: "read" },
			schema: {
				tags,
				summary: "The text",
				description:
					"As JSON, or with `Accept: text/plain` the text alone. 409 while there is none; `code` and `hint` say whether it is still to come.",
				params,
				response: {
					200: {
						description: "The text.",
						content: {
							"application/json": { schema: serviceJobResult },
							"text/plain": { schema: z.string() },
						},
					},
				},
			},
		},
		async ({ params, headers }, reply) => {
			const recording = await recordingOf(service, params.id);
			const { metadata } = recording;
			const transcript =
				metadata.deletedAt === null
					? await keptTranscript(service.app.library.layout, recording)
					: null;
			if (transcript === null) throw await noTextYet(service, recording);
			if (prefersText(headers.accept)) {
				return reply.type("text/plain; charset=utf-8").send(`${transcript.text}\n`);
			}
			const { text, originalText, language, engine, model, segments } = transcript;
			const { id, name } = metadata;
			const { durationSeconds } = metadata.audio;
			return reply.type("application/json; charset=utf-8").send({
				...{ id, name, text, originalText, language, engine, model, durationSeconds },
				segments: segments.map(({ startSeconds, endSeconds, text }) => ({
					...{ startSeconds, endSeconds, text },
				})),
			});
		},
	);

	server.get(
		"/storage/stats",
		{
			config: { scope: "read" },
			schema: {
				tags,
				summary: "How much there is, and what the last cleanup did",
				response: { 200: storageStats },
			},
		},
		async () => statsOf(service),
	);

	const stopped = new AbortController();
	server.addHook("preClose", async () => stopped.abort());
	server.post(
		"/admin/cleanup",
		{
			config: { scope: "admin" },
			schema: {
				tags,
				summary: "Let go of what is older than the retention says",
				response: { 200: storageStats },
			},
		},
		async ({ caller, ip }) => {
			const { signal } = stopped;
			const report = await cleanup(service.app, {
				...{ olderThanDays: null, dryRun: false, signal },
				by: { caller, address: ip },
			});
			const detail = { trashed: report.trashed.length, purged: report.purged.length };
			await context.audit.note({ caller, address: ip, action: "cleanup", detail });
			return statsOf(service);
		},
	);
};

async function handIn(scope: Server, { service, audit }: ServerContext): Promise<void> {
	takeRawBodies(scope);
	await takeForms(scope, { files: 1, fields: 20 });
	scope.post<{ Querystring: z.infer<typeof query> }>(
		"/jobs",
		{
			config: { scope: "upload" },
			schema: {
				tags,
				summary: "Hand audio in",
				description:
					"The body is the audio, or a form with one file; `title` comes before it. 202 once the audio is synced and in the library: from then on nothing can lose it. The same audio again is the same job.",
				querystring: query,
				response: { 202: serviceJob },
			},
		},
		async (request, reply) => {
			const receipt = await keepAudio(service, request);
			const { caller, ip } = request;
			const { name } = receipt;
			await audit.note({ caller, address: ip, action: "upload", recording: name });
			const job = await jobJson(service, await recordingOf(service, name));
			return reply.code(202).header("location", job.statusUrl).send(job);
		},
	);
}

async function keepAudio(
	service: Service,
	request: FastifyRequest<{ Querystring: z.infer<typeof query> }>,
): Promise<StoredReceipt> {
	const uploads = uploadsOf(service);
	const { filename, title } = request.query;
	const upload = {
		owner: ownerOf(request.caller),
		originalFilename: cleanFilename(filename ?? ""),
		title: title === undefined ? null : cleanTitle(title),
		tags: [],
		source: "api" as const,
		lengthBytes: null,
		sha256: null,
		idempotencyKey: null,
	};
	if (!request.isMultipart()) {
		requireAudioItself(request);
		return uploads.keep(request.raw, { ...upload, lengthBytes: announcedBytes(request) });
	}
	requireWholeBody(request);
	let receipt: StoredReceipt | null = null;
	for await (const part of request.parts()) {
		if (part.type === "field") {
			if (part.fieldname === "title") upload.title = cleanTitle(String(part.value));
			continue;
		}
		const originalFilename = cleanFilename(part.filename ?? "");
		receipt = await uploads.keep(fileOf(part), { ...upload, originalFilename });
	}
	if (receipt !== null) return receipt;
	throw new OnwaxError("ERR_USAGE", "The form has no file.", {
		hint: "`curl -F file=@memo.wav`; the title comes before it.",
	});
}

function isId(reference: string): boolean {
	return z.uuid().safeParse(reference).success;
}

function recordingOf({ app }: Service, id: string): Promise<Recording> {
	return resolveRecording(app.library.catalogue, id);
}

async function jobJson(service: Service, { metadata }: Recording): Promise<ServiceJob> {
	const { id, name, createdAt, error } = metadata;
	const status = await statusOf(service, { metadata });
	return {
		...{ id, name, status, createdAt },
		statusUrl: `/jobs/${id}`,
		resultUrl: `/jobs/${id}/result`,
		error: status === "failed" ? error && pick(error) : null,
		progress: status === "processing" ? service.progressOf(name) : null,
	};
}

function pick({ code, message, hint }: { code: string; message: string; hint?: string | null }) {
	return { code, message, hint: hint ?? null };
}

async function statusOf(
	{ app }: Service,
	{ metadata }: Pick<Recording, "metadata">,
): Promise<ServiceJob["status"]> {
	if (metadata.deletedAt !== null) return "deleted";
	if (metadata.state === "success") return "completed";
	if (metadata.state === "failed") {
		return isCancelled(metadata.error?.code ?? null) ? "cancelled" : "failed";
	}
	const { db } = app.library.catalogue;
	const [open] = await unfinished(db, [metadata.name], ["transcribe"]);
	return open?.state === "running" ? "processing" : "queued";
}

async function noTextYet(service: Service, recording: Recording): Promise<OnwaxError> {
	const status = await statusOf(service, recording);
	const { id, error } = recording.metadata;
	if (status === "deleted") {
		return new OnwaxError("ERR_STATE", "The recording is in the trash.", {
			hint: "Restore it, or hand the audio in again.",
		});
	}
	if (status === "cancelled") {
		return new OnwaxError("ERR_CANCELLED", "The job was cancelled.", {
			hint: `The audio is safe. POST /api/v1/recordings/${id}/retry begins it again.`,
		});
	}
	if (status === "failed") {
		return new OnwaxError("ERR_STATE", `It failed: ${error?.message ?? "no reason was kept"}`, {
			hint: "The audio is safe. Once the reason is gone, it can be tried again.",
		});
	}
	return new OnwaxError("ERR_STATE", `There is no text yet: the job is ${status}.`, {
		retryable: true,
		retryAfterSeconds: 2,
		hint: `Ask again later; GET /jobs/${id} says how far it is.`,
	});
}

/** The text alone is for whoever asks for it and for nothing that is JSON. */
function prefersText(accept: string | undefined): boolean {
	return /text\/plain/.test(accept ?? "") && !/json/.test(accept ?? "");
}

async function statsOf(service: Service) {
	const { recordings, trash, disk } = await serviceState(service);
	return {
		lastCleanup: await lastCleanup(service.app.library.layout),
		recordings: recordings.total,
		sizeBytes: recordings.sizeBytes,
		trashBytes: trash.sizeBytes,
		freeBytes: disk.freeBytes,
		reserveBytes: disk.reserveBytes,
		level: disk.level,
	};
}
