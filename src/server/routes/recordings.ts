import { z } from "zod";
import { type Edit, editRecording } from "../../app/edit.ts";
import { resolveRecording } from "../../app/resolve.ts";
import type { TagCount } from "../../catalogue/catalogue.ts";
import type { Routes } from "../context.ts";
import {
	isYes,
	listQuery,
	recording,
	recordingPage,
	recordingPatch,
	searchHits,
	searchQuery,
	tagList,
} from "../contract/recording.ts";
import { referenceParams } from "../contract/reference.ts";
import { namesTag, recordingTag, requireMatch } from "../etag.ts";
import { fewLargeBodies } from "../few-large-bodies.ts";
import { filterOf } from "../filter.ts";
import { noteDeed } from "../note-deed.ts";
import { detailJson, summaryJson, textStartCharacters } from "../recording-json.ts";

const tags = ["recordings"];

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
				await noteDeed(context, request, "edit", name, detail);
			}
			const changed = await find(metadata.name);
			reply.header("etag", recordingTag(changed.metadata));
			return detailJson(changed);
		},
	);
};
