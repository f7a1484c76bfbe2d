import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { applyToTexts } from "../../app/apply-to-library.ts";
import { inBulk } from "../../app/bulk.ts";
import { cancelWork } from "../../app/cancel.ts";
import { chatOf, queueChat } from "../../app/chat.ts";
import { type Edit, editRecording } from "../../app/edit.ts";
import type { App } from "../../app/open-app.ts";
import { purgeRecordings } from "../../app/purge.ts";
import { readFrom } from "../../app/read-from.ts";
import { resolveRecording } from "../../app/resolve.ts";
import { retryRecording, transcribeAnew } from "../../app/retry.ts";
import { setArchived } from "../../app/set-archived.ts";
import { takeFromTrash } from "../../app/take-from-trash.ts";
import type { AuditAction } from "../../audit/audit-entry.ts";
import type { TagCount } from "../../catalogue/catalogue.ts";
import type { OnwaxError } from "../../errors.ts";
import { trashRecording } from "../../library/remove.ts";
import type { Recording } from "../../recording.ts";
import type { Routes } from "../context.ts";
import { chatAnswer, summariseRequest } from "../contract/chat.ts";
import {
	flag,
	listQuery,
	reapplied,
	recording,
	recordingPage,
	recordingPatch,
	searchHits,
	searchQuery,
	tagList,
} from "../contract/recording.ts";
import { referenceParams } from "../contract/reference.ts";
import { recordingJobs } from "../contract/transcript.ts";
import { engineName } from "../engine-name.ts";
import { namesTag, recordingTag, requireMatch } from "../etag.ts";
import { fewLargeBodies } from "../few-large-bodies.ts";
import { filterOf } from "../filter.ts";
import { detailJson, summaryJson, textStartCharacters } from "../recording-json.ts";

const tags = ["recordings"];
const isYes = (given: z.infer<typeof flag>) => given === "1" || given === "true";

export const recordingRoutes: Routes = (server, context) => {
	const app = () => context.service.app;
	let countedTags: { at: string; tags: TagCount[] } | null = null;
	const longTexts = fewLargeBodies();
	const find = (reference: string) => resolveRecording(app().library.catalogue, reference);

	server.get(
		"/api/v1/recordings",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "Recordings, newest first, a page at a time" },
				querystring: listQuery,
				response: { 200: recordingPage },
			},
		},
		async ({ query: { limit, before, ...filter } }) => {
			const page = await app().library.catalogue.list({
				...{ ...filterOf(filter), limit, before },
				textCharacters: textStartCharacters,
			});
			return { recordings: page.recordings.map(summaryJson), next: page.next };
		},
	);

	server.get(
		"/api/v1/recordings/search",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "Recordings in which something is said" },
				querystring: searchQuery,
				response: { 200: searchHits },
			},
		},
		async ({ query: { q, limit, best, prefix, ...filter } }) => {
			const hits = await app().library.catalogue.search(q, {
				...{ ...filterOf(filter), limit },
				...{ best: isYes(best), lastIsPrefix: isYes(prefix) },
			});
			return {
				hits: hits.map(({ recording: found, field, snippet }) => ({
					...{ recording: summaryJson(found), field, snippet },
				})),
			};
		},
	);

	server.get(
		"/api/v1/tags",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "All tags, and how many recordings have each" },
				response: { 200: tagList },
			},
		},
		async () => {
			const { catalogue } = app().library;
			const { epoch, number } = await catalogue.feedHead();
			const at = `${epoch} ${number}`;
			// In a large library counting takes a while, and nobody waits twice for the same.
			if (countedTags?.at !== at) countedTags = { at, tags: await catalogue.tags() };
			return { tags: countedTags.tags };
		},
	);

	server.get(
		"/api/v1/recordings/:ref",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "All that is known about one recording" },
				params: referenceParams,
				response: { 200: recording, 304: z.null() },
			},
		},
		async (request, reply) => {
			const found = await find(request.params.ref);
			const tag = recordingTag(found.metadata);
			reply.header("etag", tag).header("cache-control", "private, no-cache");
			if (namesTag(request.headers["if-none-match"], tag)) {
				return reply.code(304).send(null);
			}
			return reply.send(detailJson(found));
		},
	);

	server.patch(
		"/api/v1/recordings/:ref",
		{
			config: { scope: "write" },
			// A text may be as long as ten million characters.
			bodyLimit: 45_000_000,
			onRequest: longTexts,
			schema: {
				...{ tags, summary: "Change title, description, tags or text" },
				description:
					"With `If-Match` (the ETag that was read) a recording that was changed meanwhile stays as it is: 412. Without it the last change wins.",
				params: referenceParams,
				body: recordingPatch,
				response: { 200: recording },
			},
		},
		async (request, reply) => {
			const { metadata } = await find(request.params.ref);
			const { title, description, ...rest } = request.body;
			const edit: Edit = {
				...rest,
				...(title === undefined ? {} : { title: title ?? "" }),
				...(description === undefined ? {} : { description: description ?? "" }),
			};
			const ifMatch = request.headers["if-match"];
			const { name } = metadata;
			const after = await editRecording(app(), name, edit, (now) => requireMatch(ifMatch, now));
			if (after.revision !== metadata.revision) {
				const detail = { fields: Object.keys(request.body) };
				await note(request, "edit", name, detail);
			}
			const changed = await find(metadata.name);
			reply.header("etag", recordingTag(changed.metadata));
			return detailJson(changed);
		},
	);

	const note = (
		{ caller, ip: address }: FastifyRequest,
		action: AuditAction,
		recording: string,
		detail: Record<string, unknown> = {},
	) => context.audit.note({ caller, address, action, recording, detail });

	/** Everything that is done to one recording by name alone, and told with what it is afterwards. */
	const act = (
		path: string,
		{ summary, status, audited }: { summary: string; status: 200 | 202; audited?: AuditAction },
		deed: (app: App, found: Recording) => Promise<unknown>,
		method: "POST" | "DELETE" = "POST",
	) =>
		server.route({
			...{ method, url: `/api/v1/recordings/:ref${path}` },
			config: { scope: "write" },
			schema: {
				...{ tags, summary },
				params: referenceParams,
				response: { [status]: recording },
			},
			async handler(request, reply) {
				const { ref } = request.params as z.infer<typeof referenceParams>;
				const found = await find(ref);
				const { name } = found.metadata;
				await deed(app(), found);
				if (audited === "edit") await note(request, audited, name, { fields: ["status"] });
				else if (audited) await note(request, audited, name);
				return reply.code(status).send(detailJson(await find(name)));
			},
		});

	const trash = (now: App, { metadata }: Recording) => trashRecording(now.library, metadata.name);
	const inTrash = { status: 200, audited: "trash", summary: "Put it into the trash" } as const;
	act("", inTrash, trash, "DELETE");
	act("/trash", inTrash, trash);
	act(
		"/restore",
		{ status: 200, audited: "restore", summary: "Take it out of the trash" },
		(now, { metadata }) => takeFromTrash(now.library, metadata.name),
	);
	const put = { status: 200, audited: "edit" } as const;
	act(
		"/archive",
		{ ...put, summary: "Put it away: kept, found, and no retention touches it" },
		(now, { metadata }) => setArchived(now, metadata.name, true),
	);
	act("/unarchive", { ...put, summary: "Take it out of what was put away" }, (now, { metadata }) =>
		setArchived(now, metadata.name, false),
	);
	act(
		"/retry",
		{ status: 202, summary: "Have it transcribed now, where it has no text yet" },
		(now, { metadata }) => retryRecording(now, metadata.name),
	);
	act(
		"/cancel",
		{
			status: 200,
			audited: "cancel",
			summary: "End the work on its text; a retry goes on with it",
		},
		(now, { metadata }) => cancelWork(now, metadata.name),
	);

	server.post(
		"/api/v1/recordings/:ref/purge",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags, summary: "Destroy it, for good" },
				description:
					"Only what is in the trash; with `force` a recording is put there first. What is known about it is copied to the library's backups; its audio is gone.",
				params: referenceParams,
				querystring: z.strictObject({ force: flag }),
				response: { 204: z.null() },
			},
		},
		async (request, reply) => {
			const found = await find(request.params.ref);
			const { name } = found.metadata;
			if (isYes(request.query.force)) await trash(app(), found);
			await purgeRecordings(app(), [await find(name)], () => {}, unending);
			await note(request, "purge", name);
			return reply.code(204).send(null);
		},
	);

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
			if (changed > 0) await note(request, "edit", metadata.name, { fields: ["lexicons"] });
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

/** What was begun is brought to its end, whether or not somebody still waits for the answer. */
const unending = new AbortController().signal;
