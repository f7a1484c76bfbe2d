import type { FileHandle } from "node:fs/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { OpenAudio } from "../../app/open-audio.ts";
import { narrowPeaks, queuePeaks, readPeaks } from "../../app/peaks.ts";
import { readFrom } from "../../app/read-from.ts";
import { mostSampledSeconds, readSamples } from "../../app/read-samples.ts";
import { resolveRecording } from "../../app/resolve.ts";
import { isName } from "../../archive/name.ts";
import { OnwaxError } from "../../errors.ts";
import { speechSampleRate } from "../../speech/wav-samples.ts";
import { attachment, downloadName } from "../attachment.ts";
import { bufferPool } from "../buffer-pool.ts";
import type { Routes } from "../context.ts";
import { flag, isYes, recording } from "../contract/recording.ts";
import { referenceParams } from "../contract/reference.ts";
import { peaks } from "../contract/transcript.ts";
import { namesTag } from "../etag.ts";
import { firstInHour } from "../first-in-hour.ts";
import { noteDeed } from "../note-deed.ts";
import { openAudios } from "../open-audios.ts";
import { problemOf } from "../problem.ts";
import { type ByteRange, parseRange } from "../range.ts";
import { readShort, shortBytes, streamRange } from "../read-range.ts";
import { detailJson } from "../recording-json.ts";
import { sendJson } from "../send-json.ts";

const tags = ["audio"];
/** Kept for the pieces that players ask for. */
const pooledBytes = 32 * 1024 * 1024;

export const audioRoutes: Routes = (server, context) => {
	const app = () => context.service.app;
	const audios = openAudios(context.service);
	const buffers = bufferPool(pooledBytes);
	const isFirst = firstInHour();
	server.addHook("onClose", async () => audios.close());

	/** A whole name needs no looking up: a player asks for piece after piece by it. */
	async function nameOf(reference: string): Promise<string> {
		if (isName(reference)) return reference;
		return (await resolveRecording(app().library.catalogue, reference)).metadata.name;
	}

	/** The buffer is anybody's again when the answer has left for good, or never will. */
	async function readPooled(reply: FastifyReply, file: FileHandle, range: ByteRange) {
		const buffer = buffers.take(range.end - range.start + 1);
		const bytes = await readShort(file, range, buffer);
		// An answer that was cut off may still be on its way out of this process: its buffer is let go.
		reply.raw.once("finish", () => buffers.giveBack(buffer));
		return bytes;
	}

	server.route({
		method: ["GET", "HEAD"],
		url: "/api/v1/recordings/:ref/audio",
		config: { scope: "read" },
		schema: {
			...{ tags, summary: "The audio as it lies in the library" },
			description:
				"Takes `Range`, `If-Range`, `If-None-Match` and `If-Modified-Since`; the ETag is the SHA-256 of the file. Of several ranges at once the whole file is sent. `download=1` gives it a name to be saved under.",
			params: referenceParams,
			querystring: z.object({ download: flag }),
		},
		async handler(request, reply) {
			const { params, query } = request;
			const name = await nameOf(params.ref);
			const isDownload = isYes(query.download);
			const { audio, giveBack } = await audios.borrow(name);
			let isStreaming = false;
			try {
				const headers = headersOf(audio);
				reply.headers(headers);
				if (isDownload) {
					const extension = audio.metadata.audioFile.split(".").at(-1) ?? "audio";
					const saved = downloadName(audio.metadata, extension);
					reply.header("content-disposition", attachment(saved));
				}
				if (isKnown(request, headers)) return reply.code(304).send();
				const asked = askedRange(request, headers, audio.sizeBytes);
				if (asked === "none") return sendUnsatisfiable(reply, audio.sizeBytes);
				const range = asked ?? { start: 0, end: audio.sizeBytes - 1 };
				const length = range.end - range.start + 1;
				reply.header("content-length", length);
				if (asked !== null) {
					reply.code(206).header("content-range", contentRange(asked, audio.sizeBytes));
				}
				if (request.method === "HEAD") return reply.send();
				const { caller } = request;
				// Players and those that resume ask for many pieces: one line says that it was heard.
				const isPiece = asked !== null || !isDownload;
				if (!isPiece || isFirst(`${caller?.kind} ${caller?.id} ${isDownload} ${name}`)) {
					const how = isDownload ? "saved" : "played";
					const detail = { what: "audio", how };
					const noted = noteDeed(context, request, "download", name, detail);
					// A player waits for nothing: that it plays is noted beside it.
					if (isDownload) await noted;
				}
				if (length === 0) return reply.send("");
				if (length <= shortBytes) return reply.send(await readPooled(reply, audio.file, range));
				isStreaming = true;
				return reply.send(streamRange(audio.file, range, giveBack));
			} finally {
				if (!isStreaming) giveBack();
			}
		},
	});

	server.get(
		"/api/v1/recordings/:ref/peaks",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "The waveform" },
				description:
					"Without `width`, the bytes of `peaks.bin` (docs/FORMAT.md). With it, JSON with so many buckets at most. 404 while it is not drawn yet.",
				params: referenceParams,
				querystring: z.strictObject({
					width: z.coerce.number().int().min(1).max(20_000).optional(),
				}),
				response: { 200: peaks, 304: z.null() },
			},
		},
		async (request, reply) => {
			const { ref } = request.params;
			const { library } = app();
			const drawn = await readFrom(library.catalogue, ref, (one) => readPeaks(library, one));
			const { width } = request.query;
			const tag = `"${drawn.sha256.slice(0, 32)}.${width ?? "all"}"`;
			reply.headers({ etag: tag, "cache-control": "private, no-cache" });
			if (namesTag(request.headers["if-none-match"], tag)) return reply.code(304).send(null);
			if (width === undefined) {
				return reply.type("application/octet-stream").send(drawn.bytes as never);
			}
			const values = narrowPeaks(drawn.values, width);
			const { durationSeconds } = drawn;
			return sendJson(reply, { durationSeconds, buckets: values.length / 2, values });
		},
	);

	server.post(
		"/api/v1/recordings/:ref/peaks",
		{
			config: { scope: "write" },
			schema: {
				...{ tags, summary: "Have the waveform drawn, where there is none" },
				params: referenceParams,
				response: { 202: recording },
			},
		},
		async (request, reply) => {
			const { catalogue } = app().library;
			const found = await resolveRecording(catalogue, request.params.ref);
			await queuePeaks(app(), found);
			return reply.code(202).send(detailJson(found));
		},
	);

	server.get(
		"/api/v1/recordings/:ref/samples",
		{
			config: { scope: "read" },
			schema: {
				...{ tags, summary: "A stretch as samples, for a spectrogram" },
				description: `16 kHz mono, signed 16 bits, little-endian; at most ${mostSampledSeconds} seconds. Shorter where the audio ends before.`,
				params: referenceParams,
				querystring: z.strictObject({ from: z.coerce.number(), to: z.coerce.number() }),
			},
		},
		async (request, reply) => {
			const { from: startSeconds, to: endSeconds } = request.query;
			const name = await nameOf(request.params.ref);
			const span = { startSeconds, endSeconds };
			const samples = await readSamples(app(), name, span, goneSignal(reply));
			return reply
				.headers({
					"content-type": "application/octet-stream",
					"x-content-type-options": "nosniff",
					"onwax-sample-rate": speechSampleRate,
					"onwax-start-seconds": startSeconds,
				})
				.send(samples);
		},
	);
};

type AudioHeaders = { etag: string; "last-modified": string };

/** The same for every piece of it. */
const madeHeaders = new WeakMap<OpenAudio, ReturnType<typeof makeHeaders>>();

function headersOf(audio: OpenAudio) {
	const made = madeHeaders.get(audio) ?? makeHeaders(audio);
	madeHeaders.set(audio, made);
	return made;
}

function makeHeaders({ metadata, sha256, sizeBytes, modifiedAt }: OpenAudio) {
	const { mimeType } = metadata.audio;
	// Nobody knows what a changed file holds: its tag is one that ranges are not joined by.
	const etag = sha256 === null ? `W/"${sizeBytes}.${modifiedAt.getTime()}"` : `"${sha256}"`;
	return {
		...{ etag, "last-modified": modifiedAt.toUTCString(), "accept-ranges": "bytes" },
		"content-type": /^(audio|video)\/[\w.+-]+$/.test(mimeType)
			? mimeType
			: "application/octet-stream",
		"x-content-type-options": "nosniff",
		"cache-control": "private, no-cache",
	};
}

/** Whether the sender has it as it is (RFC 9110, 13.2.2). */
function isKnown({ headers }: FastifyRequest, own: AudioHeaders): boolean {
	const names = headers["if-none-match"];
	if (names !== undefined) return namesTag(names, own.etag);
	const since = Date.parse(headers["if-modified-since"] ?? "");
	return since >= Date.parse(own["last-modified"]);
}

/** `If-Range` of another file than this one means the whole of this one. */
function askedRange(
	{ headers }: FastifyRequest,
	own: AudioHeaders,
	sizeBytes: number,
): ByteRange | "none" | null {
	const only = headers["if-range"];
	const isSame = only === own["last-modified"] || (only === own.etag && !only.startsWith("W/"));
	if (only !== undefined && !isSame) return null;
	return parseRange(headers.range, sizeBytes);
}

function contentRange({ start, end }: ByteRange, sizeBytes: number): string {
	return `bytes ${start}-${end}/${sizeBytes}`;
}

function sendUnsatisfiable(reply: FastifyReply, sizeBytes: number): FastifyReply {
	const error = new OnwaxError("ERR_USAGE", "The audio has no bytes there.", {
		hint: `It has ${sizeBytes} bytes.`,
	});
	const problem = { ...problemOf(error, reply.request.id), status: 416 };
	return reply
		.code(416)
		.headers({ "content-range": `bytes */${sizeBytes}` })
		.removeHeader("content-disposition")
		.type("application/problem+json")
		.send(JSON.stringify(problem));
}

/** Ends work that nobody waits for any more. */
function goneSignal({ raw }: { raw: FastifyReply["raw"] }): AbortSignal {
	const abort = new AbortController();
	raw.once("close", () => abort.abort());
	return abort.signal;
}
