import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { askableNames } from "../../app/engine-by-model.ts";
import { keptTranscript } from "../../app/export.ts";
import type { Service } from "../../app/service.ts";
import { type Asked, transcribeUpload } from "../../app/transcribe-upload.ts";
import { translateRecording } from "../../app/translate-recording.ts";
import { uploadsOf } from "../../app/uploads.ts";
import { type Waited, waitForText } from "../../app/wait-for-text.ts";
import { OnwaxError } from "../../errors.ts";
import type { Recording } from "../../recording.ts";
import type { EngineOutput, Transcript } from "../../transcript.ts";
import { isClientGone } from "../client-gone.ts";
import type { Routes, Server, ServerContext } from "../context.ts";
import { noteDeed } from "../note-deed.ts";
import {
	type AnswerFormat,
	answerFormats,
	isAnswerFormat,
	renderAnswer,
	usageOf,
} from "../openai/answer-formats.ts";
import { type AudioFields, readAudioForm } from "../openai/audio-form.ts";
import { openaiError, type Refusal, refusalBody } from "../openai/openai-error.ts";
import { streamAnswer } from "../openai/stream-answer.ts";
import { takeForms } from "../uploads/form.ts";
import { ownerOf } from "../uploads/owner.ts";
import { letGo } from "../uploads/raw-bodies.ts";

type Task = "transcribe" | "translate";

/** A little less than the official clients wait where nobody says anything. */
const longestWaitSeconds = 590;
const tags = ["openai"];
const model = z
	.object({
		id: z.string(),
		object: z.literal("model"),
		created: z.int(),
		owned_by: z.string(),
	})
	.meta({ id: "OpenaiModel" });

/**
 * The part of OpenAI's API that turns audio into text (docs/openai-endpoint.md). The audio is kept
 * before anything else; everything that is answered after that says where it is.
 */
export const openaiRoutes: Routes = async (server, context) => {
	await server.register(async (plain) => {
		const scoped = plain as Server;
		// Its own reader of the form says how much is too much.
		await takeForms(scoped, { files: 10, fields: 100 });
		scoped.addHook("onResponse", letGo);
		const ending = new AbortController();
		scoped.addHook("preClose", async () => ending.abort());
		scoped.setErrorHandler((error, request, reply) => sendError(context, request, reply, error));

		scoped.get(
			"/v1/models",
			{
				config: { scope: "upload" },
				schema: {
					tags,
					summary: "Engines and models that can be asked for by name",
					response: { 200: z.object({ object: z.literal("list"), data: z.array(model) }) },
				},
			},
			async () => ({ object: "list" as const, data: await listModels(context) }),
		);
		scoped.get(
			"/v1/models/:id",
			{
				config: { scope: "upload" },
				schema: {
					tags,
					summary: "One of them",
					params: z.object({ id: z.string() }),
					response: { 200: model },
				},
			},
			async ({ params }, reply) => {
				const found = (await listModels(context)).find(({ id }) => id === params.id);
				if (found) return found;
				const message = `The model '${params.id}' does not exist`;
				return refuse(reply, { status: 404, message, param: "model", code: "model_not_found" });
			},
		);
		for (const task of ["transcribe", "translate"] as const) {
			scoped.post(
				task === "transcribe" ? "/v1/audio/transcriptions" : "/v1/audio/translations",
				{
					config: { scope: "upload" },
					schema: {
						tags,
						consumes: ["multipart/form-data"],
						summary: task === "transcribe" ? "Audio to text" : "Audio to English text",
						description:
							"As OpenAI's API takes it: the audio in `file`, then model, language, prompt, response_format, timestamp_granularities[], stream. The audio is kept first, as the recording that the header `Onwax-Recording` names.",
					},
				},
				(request, reply) => hear(context, request, reply, task, ending.signal),
			);
		}
		scoped.all("/v1/*", { config: { scope: "public" }, schema: { hide: true } }, (request, reply) =>
			refuse(reply, {
				status: 404,
				message: `Invalid URL (${request.method} ${request.url.split("?", 1)[0]})`,
				...{ param: null, code: "unknown_url" },
			}),
		);
	});
};

async function listModels({ service }: ServerContext): Promise<z.infer<typeof model>[]> {
	const names = [...new Set([...(await askableNames(service.app)), "whisper-1"])];
	const created = Math.floor(service.startedAt.getTime() / 1000);
	return names.map((id) => ({ id, object: "model" as const, created, owned_by: "onwax" }));
}

async function hear(
	context: ServerContext,
	request: FastifyRequest,
	reply: FastifyReply,
	task: Task,
	ending: AbortSignal,
): Promise<FastifyReply> {
	const { service } = context;
	const { app } = service;
	if (!request.isMultipart()) {
		const message = "Could not parse multipart form";
		return refuse(reply, { status: 400, message, param: null, code: null });
	}
	const form = await readAudioForm(request, app.config.import.maxSizeMb * 1e6);
	if (form.file === null) {
		const message = "Missing required parameter: 'file'.";
		const code = "missing_required_parameter";
		return refuse(reply, { status: 400, message, param: "file", code });
	}
	const fields: { said: AudioFields | null } = { said: null };
	const asked = await transcribeUpload(app, uploadsOf(service), {
		stream: form.file.stream,
		owner: ownerOf(request.caller),
		originalFilename: form.file.filename,
		declaredBytes: declaredBytes(request),
		async wish() {
			fields.said = await form.rest();
			return fields.said;
		},
	});
	reply.header("onwax-recording", asked.id).header("onwax-name", asked.name);
	// From here on the work goes on by itself: whoever sends it again only waits for the same.
	reply.header("x-should-retry", "false");
	if (!asked.known) {
		await noteDeed(context, request, "upload", asked.name, { way: "openai" });
	}
	const { said } = fields;
	if (said === null) throw new Error("the form was read before its audio was kept");
	const format = said.responseFormat;
	if (!isAnswerFormat(format)) {
		const known = answerFormats.join(", ");
		const message = `Invalid value: '${format.slice(0, 40)}'. Supported values are: ${known}. ${safe(asked)}`;
		return refuse(reply, { status: 400, message, param: "response_format", code: "invalid_value" });
	}
	const gone = goneSignal(reply);
	const signal = AbortSignal.any([gone, ending]);
	const seconds = waitSeconds(request);
	if (task === "translate") return sendTranslation(context, reply, asked, said, format, signal);
	const waiting = waitForText(service, asked.name, { seconds, engine: asked.engine, signal });
	if (said.stream) return sendStream(service, reply, asked, waiting);
	const waited = await waiting;
	if (waited.kind !== "text") {
		const { status, body } = failureOf(asked, waited);
		return reply.code(status).send(body);
	}
	const { recording } = waited;
	const transcript = await keptTranscript(app.library.layout, recording);
	if (transcript === null)
		throw new OnwaxError("ERR_DAMAGED", `The text of ${asked.name} is gone.`);
	return send(reply, format, { transcript, recording, task, said });
}

function send(
	reply: FastifyReply,
	format: AnswerFormat,
	about: { transcript: Transcript; recording: Recording; task: Task; said: AudioFields },
): FastifyReply {
	const { transcript, recording, task, said } = about;
	const { metadata } = recording;
	const { granularities } = said;
	const { type, body } = renderAnswer(format, { transcript, metadata, task, granularities });
	return reply.type(type).send(body);
}

function sendStream(
	service: Service,
	reply: FastifyReply,
	asked: Asked,
	waiting: Promise<Waited>,
): FastifyReply {
	const events = streamAnswer(
		waiting,
		(onHeard) => service.listen(asked.name, onHeard),
		(text, { recording }) => ({
			...{ type: "transcript.text.done", text },
			usage: usageOf({ metadata: recording.metadata }),
		}),
		(waited) => failureOf(asked, waited).body,
	);
	return reply
		.type("text/event-stream; charset=utf-8")
		.header("cache-control", "no-store")
		.send(Readable.from(events));
}

async function sendTranslation(
	{ service }: ServerContext,
	reply: FastifyReply,
	asked: Asked,
	said: AudioFields,
	format: AnswerFormat,
	signal: AbortSignal,
): Promise<FastifyReply> {
	const { app } = service;
	try {
		const { engine, name } = asked;
		const { prompt } = said;
		const output = await translateRecording(app, name, { engine, prompt, signal });
		const recording = await app.library.catalogue.get(name);
		if (recording === null) throw new OnwaxError("ERR_GONE", `${name} was removed meanwhile.`);
		const transcript = unkept(output);
		return send(reply, format, { transcript, recording, task: "translate", said });
	} catch (error) {
		const { status, body } = openaiError(error, safe(asked));
		return reply.code(status).send(body);
	}
}

/** In the form of a transcript, for the formats; nothing of it is written down. */
function unkept({ engine, model, text, segments }: EngineOutput): Transcript {
	return {
		...{ format: 1, engineFile: "", engine, model, language: "en", text, originalText: text },
		...{ segments, lexicons: [], edit: null, lexiconError: null },
	};
}

function failureOf(asked: Asked, waited: Exclude<Waited, { kind: "text" }>) {
	if (waited.kind === "failed") {
		const next = waited.goesOn
			? "It is tried again by itself, and the text will be there."
			: `\`onwax retry ${asked.name}\` tries again.`;
		return openaiError(waited.error, `${safe(asked)} ${next}`);
	}
	const error = new OnwaxError("ERR_ENGINE_TIMEOUT", "The text takes longer than was waited for.");
	return openaiError(error, `${safe(asked)} Its text comes by itself.`);
}

function safe({ name, id }: Asked): string {
	return `The audio is safe as recording ${name} (${id}).`;
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
	return reply.code(refusal.status).send(refusalBody(refusal));
}

function sendError(
	{ service }: ServerContext,
	request: FastifyRequest,
	reply: FastifyReply,
	error: unknown,
): FastifyReply {
	const { status, body } = openaiError(error, null);
	if (isClientGone(request, error)) {
		service.app.log.info({ requestId: request.id }, "who asked went away");
	} else if (status === 500) {
		const stack = error instanceof Error ? error.stack : String(error);
		service.app.log.error({ requestId: request.id, error: stack }, "a request failed");
	}
	const { retryAfterSeconds = null } = error instanceof OnwaxError ? error : {};
	if (retryAfterSeconds !== null) reply.header("retry-after", Math.ceil(retryAfterSeconds));
	// An answer that was to be a stream has another type by now.
	reply.code(status).type("application/json; charset=utf-8");
	return reply.send(JSON.stringify(body));
}

function declaredBytes(request: FastifyRequest): number | null {
	const length = Number(request.headers["content-length"]);
	return Number.isSafeInteger(length) && length >= 0 ? length : null;
}

/** A second less than the official clients say that they wait. */
function waitSeconds(request: FastifyRequest): number {
	const told = Number(request.headers["x-stainless-timeout"]);
	if (!Number.isFinite(told) || told <= 0) return longestWaitSeconds;
	return Math.min(Math.max(told - 1, 1), longestWaitSeconds);
}

/** Aborts when there is nobody to answer any more. */
function goneSignal(reply: FastifyReply): AbortSignal {
	const gone = new AbortController();
	reply.raw.once("close", () => gone.abort());
	return gone.signal;
}
