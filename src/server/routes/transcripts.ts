import { z } from "zod";
import { compareLayers, type Layer } from "../../app/compare.ts";
import { exportRecording } from "../../app/export.ts";
import { readLayers, requireTranscript } from "../../app/layers.ts";
import { readFrom } from "../../app/read-from.ts";
import { resolveRecording } from "../../app/resolve.ts";
import { canTellApart, nameSpeakers, queueTellingApart, speakersOf } from "../../app/speakers.ts";
import { type ExportFormat, exporterOf, exportFormats } from "../../export/formats.ts";
import type { Recording } from "../../recording.ts";
import type { Transcript } from "../../transcript.ts";
import { attachment, downloadName } from "../attachment.ts";
import type { Routes } from "../context.ts";
import { flag, isYes } from "../contract/recording.ts";
import { referenceParams } from "../contract/reference.ts";
import {
	comparison,
	heardSoFar,
	type LayersJson,
	layers,
	type SpeakerListJson,
	speakerList,
	speakerNames,
	type TranscriptJson,
	transcript,
} from "../contract/transcript.ts";
import { namesTag, recordingTag } from "../etag.ts";
import { noteDeed } from "../note-deed.ts";
import { sendJson } from "../send-json.ts";

const tags = ["transcripts"];

export const transcriptRoutes: Routes = (server, context) => {
	const app = () => context.service.app;
	const read = <T>(reference: string, how: (recording: Recording) => Promise<T>) =>
		readFrom(app().library.catalogue, reference, how);

	server.get(
		"/api/v1/recordings/:ref/transcript",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "The text as it stands, with words, times, speakers and doubts" },
				params: referenceParams,
				response: { 200: transcript, 304: z.null() },
			},
		},
		async (request, reply) => {
			const known = request.headers["if-none-match"];
			const told = await read(request.params.ref, async (recording) => {
				const tag = recordingTag(recording.metadata);
				if (namesTag(known, tag)) return { tag, json: null };
				const kept = await requireTranscript(app(), recording);
				return { tag, json: transcriptJson(recording, kept) };
			});
			reply.headers({ etag: told.tag, "cache-control": "private, no-cache" });
			return told.json === null ? reply.code(304).send(null) : sendJson(reply, told.json);
		},
	);

	server.get(
		"/api/v1/recordings/:ref/heard",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "As much of a text that is being written as is settled" },
				params: referenceParams,
				response: { 200: heardSoFar },
			},
		},
		async (request) =>
			read(request.params.ref, async ({ metadata: { name } }) => ({
				...{ name, text: await context.service.heardSoFar(name) },
			})),
	);

	server.get(
		"/api/v1/recordings/:ref/layers",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "The text's layers: engines, lexicons, edits" },
				params: referenceParams,
				response: { 200: layers },
			},
		},
		async (request, reply) => {
			const told = await read(request.params.ref, async (recording): Promise<LayersJson> => {
				const { outputs, corrected, edits, transcript: kept } = await readLayers(app(), recording);
				return {
					...{ name: recording.metadata.name, revision: recording.metadata.revision },
					engines: outputs.map(({ engineFile: file, output }) => ({
						...{ file, engine: output.engine, model: output.model, language: output.language },
						...{ text: output.text, isCurrent: file === kept.engineFile },
						doubts: output.coverage?.doubts.length ?? null,
					})),
					corrected: corrected && {
						text: corrected.text,
						lexicons: corrected.lexicons,
						lexiconError: corrected.lexiconError,
					},
					...{ edits, text: kept.text },
				};
			});
			return sendJson(reply, told);
		},
	);

	server.get(
		"/api/v1/recordings/:ref/compare",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "Where two of its texts differ" },
				description:
					"`left` and `right` are `text`, `original` (what the engine said that the text is made from), an engine's name, or a file `engine.….json` of `…/layers`. Left out: the newest other output, and the text's own.",
				params: referenceParams,
				querystring: z.strictObject({
					left: z.string().max(100).optional(),
					right: z.string().max(100).optional(),
					/** Whether capitals and punctuation count. */
					exact: flag.optional(),
				}),
				response: { 200: comparison },
			},
		},
		async (request, reply) => {
			const { left, right, exact } = request.query;
			const isExact = exact === undefined ? null : isYes(exact);
			const compared = await read(request.params.ref, (recording) =>
				compareLayers(app().library.layout, recording, {
					...{ from: left ?? null, to: right ?? null, isExact },
				}),
			);
			return sendJson(reply, {
				...{ left: comparedJson(compared.from), right: comparedJson(compared.to) },
				...{ isExact: compared.isExact, errors: compared.errors, changes: compared.changes },
			});
		},
	);

	server.get(
		"/api/v1/recordings/:ref/export",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "The text as a file: txt, srt, vtt, md or json" },
				params: referenceParams,
				querystring: z.strictObject({ format: z.enum(exportFormats as [ExportFormat]) }),
			},
		},
		async (request, reply) => {
			const { format } = request.query;
			const { metadata, file } = await read(request.params.ref, async (recording) => ({
				metadata: recording.metadata,
				file: await exportRecording(app().library.layout, recording, format),
			}));
			const { extension, mimeType } = exporterOf(format);
			await noteDeed(context, request, "export", metadata.name, { format });
			return reply
				.headers({
					"content-type": `${mimeType}; charset=utf-8`,
					"content-disposition": attachment(downloadName(metadata, extension)),
					"x-content-type-options": "nosniff",
					"cache-control": "private, no-cache",
				})
				.send(file);
		},
	);

	async function speakersJson(recording: Recording): Promise<SpeakerListJson> {
		const { name, revision } = recording.metadata;
		const told = await speakersOf(app(), recording);
		const isPossible = await canTellApart(app());
		return {
			...{ name, revision, isToldApart: told !== null, canTellApart: isPossible },
			speakers: told?.speakers ?? [],
		};
	}

	server.get(
		"/api/v1/recordings/:ref/speakers",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "Who speaks" },
				params: referenceParams,
				response: { 200: speakerList },
			},
		},
		async (request) => read(request.params.ref, speakersJson),
	);

	server.patch(
		"/api/v1/recordings/:ref/speakers",
		{
			config: { scope: "write" },
			schema: {
				...{ tags, summary: "Name speakers, or take names back" },
				params: referenceParams,
				body: speakerNames,
				response: { 200: speakerList },
			},
		},
		async (request) => {
			const { catalogue } = app().library;
			const { metadata } = await resolveRecording(catalogue, request.params.ref);
			const names = new Map(Object.entries(request.body.names));
			if (await nameSpeakers(app(), metadata.name, names)) {
				await noteDeed(context, request, "edit", metadata.name, { fields: ["speakers"] });
			}
			return read(metadata.name, speakersJson);
		},
	);

	server.post(
		"/api/v1/recordings/:ref/speakers/tell-apart",
		{
			config: { scope: "write" },
			schema: {
				...{ tags, summary: "Have its speakers told apart, where they are not" },
				params: referenceParams,
				response: { 202: speakerList },
			},
		},
		async (request, reply) => {
			const { catalogue } = app().library;
			const found = await resolveRecording(catalogue, request.params.ref);
			await queueTellingApart(app(), found);
			return reply.code(202).send(await read(found.metadata.name, speakersJson));
		},
	);
};

function transcriptJson({ metadata }: Recording, kept: Transcript): TranscriptJson {
	const { engine, model, language, engineFile, text, originalText } = kept;
	const { segments, lexicons, lexiconError, coverage, edit, edits, speakerNames } = kept;
	return {
		...{ name: metadata.name, revision: metadata.revision },
		...{ engine, model, language, engineFile, text, originalText },
		...{ segments, lexicons, lexiconError, coverage: coverage ?? null },
		editedAt: edit?.editedAt ?? null,
		earlierEdits: edits?.length ?? 0,
		speakerNames: speakerNames ?? {},
	};
}

function comparedJson({ kind, file, engine, model, text }: Layer) {
	return { kind, file, engine, model, text };
}
