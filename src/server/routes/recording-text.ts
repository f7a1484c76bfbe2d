import { z } from "zod";
import { applyToTexts } from "../../app/apply-to-library.ts";
import { inBulk } from "../../app/bulk.ts";
import { chatOf, queueChat } from "../../app/chat.ts";
import { readFrom } from "../../app/read-from.ts";
import { resolveRecording } from "../../app/resolve.ts";
import { transcribeAnew } from "../../app/retry.ts";
import type { OnwaxError } from "../../errors.ts";
import type { Routes } from "../context.ts";
import { chatAnswer, summariseRequest } from "../contract/chat.ts";
import { reapplied, recording } from "../contract/recording.ts";
import { referenceParams } from "../contract/reference.ts";
import { recordingJobs } from "../contract/transcript.ts";
import { engineName } from "../engine-name.ts";
import { noteDeed } from "../note-deed.ts";
import { detailJson } from "../recording-json.ts";
import { unending } from "../unending.ts";

const tags = ["recordings"];

export const recordingTextRoutes: Routes = (server, context) => {
	const app = () => context.service.app;
	const find = (reference: string) => resolveRecording(app().library.catalogue, reference);

	server.post(
		"/api/v1/recordings/:ref/transcribe",
		{
			config: { scope: "write" },
			schema: {
				...{ tags, summary: "Have its text made anew, by an engine of your choice" },
				description: "The text that is there stays until the new one takes its place.",
				params: referenceParams,
				body: z.strictObject({ engine: z.string().max(100).optional() }).nullish(),
				response: { 202: recording },
			},
		},
		async (request, reply) => {
			const { metadata } = await find(request.params.ref);
			await transcribeAnew(app(), metadata.name, await engineName(app(), request.body?.engine));
			return reply.code(202).send(detailJson(await find(metadata.name)));
		},
	);

	server.post(
		"/api/v1/recordings/:ref/lexicons",
		{
			config: { scope: "write" },
			schema: {
				...{ tags, summary: "Apply the lexicons of today to its text" },
				description: "`POST /api/v1/lexicons/apply/undo` takes it back.",
				params: referenceParams,
				response: { 200: reapplied },
			},
		},
		async (request) => {
			const { metadata } = await find(request.params.ref);
			let failure: OnwaxError | null = null;
			const changed = await inBulk(app(), () =>
				applyToTexts(app(), [metadata.name], {
					...{ dryRun: false, signal: unending },
					onProgress() {},
					onReapplied() {},
					onLeft() {},
					onFailed(_name, error) {
						failure = error;
					},
				}),
			);
			if (failure !== null) throw failure;
			if (changed > 0)
				await noteDeed(context, request, "edit", metadata.name, { fields: ["lexicons"] });
			return { changed: changed > 0, recording: detailJson(await find(metadata.name)) };
		},
	);

	server.post(
		"/api/v1/recordings/:ref/summarise",
		{
			config: { scope: "write" },
			schema: {
				...{ tags, summary: "Ask the chat model for a title, a summary, a cleaned-up text" },
				description: "The text goes to the service that the settings name.",
				params: referenceParams,
				body: summariseRequest.nullish(),
				response: { 202: recording },
			},
		},
		async (request, reply) => {
			const { metadata } = await find(request.params.ref);
			const { tasks: wanted = app().config.chat.tasks, again = false } = request.body ?? {};
			await queueChat(app(), metadata.name, { tasks: wanted, again });
			return reply.code(202).send(detailJson(await find(metadata.name)));
		},
	);

	server.get(
		"/api/v1/recordings/:ref/chat",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "What a chat model made of its text" },
				params: referenceParams,
				response: { 200: chatAnswer },
			},
		},
		async (request) => {
			const { catalogue, layout } = app().library;
			const chat = await readFrom(catalogue, request.params.ref, (one) => chatOf(layout, one));
			const nothing = { title: null, summary: null, cleanedText: null, results: [], error: null };
			return { isConfigured: app().chat !== null, ...(chat ?? nothing) };
		},
	);

	server.get(
		"/api/v1/recordings/:ref/jobs",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "What is to be done for it, is being done, or was given up" },
				params: referenceParams,
				response: { 200: recordingJobs },
			},
		},
		async (request) => {
			const { metadata } = await find(request.params.ref);
			const jobs = await app().library.catalogue.jobsOf(metadata.name);
			return {
				jobs: jobs.flatMap(({ state, ...job }) => (state === "done" ? [] : [{ state, ...job }])),
			};
		},
	);
};
