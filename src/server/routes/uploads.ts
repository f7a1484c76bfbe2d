import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { tellReceipt as receiptJson } from "../../app/receipt.ts";
import { type Uploads, uploadsOf } from "../../app/uploads.ts";
import { isUploadId } from "../../archive/layout.ts";
import { OnwaxError, toOnwaxError } from "../../errors.ts";
import type { StoredReceipt } from "../../uploads/receipt-file.ts";
import { isBusy, isGone, type Upload } from "../../uploads/store.ts";
import type { Routes, Server } from "../context.ts";
import { receipt, uploadState } from "../contract/receipt.ts";
import { problemOf } from "../problem.ts";
import { checksumAlgorithms, parseUploadChecksum } from "../uploads/digest.ts";
import { noteUpload } from "../uploads/note-upload.ts";
import { askingOf, ownerOf } from "../uploads/owner.ts";
import { announcedBytes, takeRawBodies } from "../uploads/raw-bodies.ts";
import {
	aboutOf,
	bodyType,
	bytesHeader,
	headerOf,
	parseMetadata,
	tellOffset,
	tellReceipt,
	tusExtensions,
	tusVersion,
} from "../uploads/tus-headers.ts";

const address = "/api/v1/uploads";
const params = z.object({ id: z.string().max(200) });
type OfUpload = FastifyRequest<{ Params: z.infer<typeof params> }>;

/**
 * tus 1.0 (tus.io/protocols/resumable-upload) over a store of our own: every offset that is told is
 * synced (docs/uploads.md).
 */
export const uploadRoutes: Routes = async (server, context) => {
	const uploads = uploadsOf(context.service);
	const { log } = context.service.app;
	server.addHook("onReady", async () => {
		uploads.sweep().catch((error) => log.error({ error: String(error) }, "uploads were not swept"));
	});
	server.addHook("preClose", () => uploads.endConnections());
	server.addHook("onClose", () => uploads.close());
	await server.register(async (scope: Server) => {
		takeRawBodies(scope);
		scope.addHook("onSend", async (request, reply) => {
			reply.header("tus-resumable", tusVersion);
			if (reply.statusCode === 412) reply.header("tus-version", tusVersion);
			if (request.method !== "OPTIONS") reply.header("cache-control", "no-store");
		});
		addRoutes(scope, uploads, {
			json: (stored) => receiptJson(context.service.app, stored),
			note: (request, stored) => noteUpload(context.audit, request, stored),
		});
	});
};

type Told = {
	json: (stored: StoredReceipt) => ReturnType<typeof receiptJson>;
	note: (request: FastifyRequest, stored: StoredReceipt) => Promise<void>;
};

function addRoutes(scope: Server, uploads: Uploads, told: Told): void {
	const tags = ["uploads"];
	const config = { scope: "upload" as const };

	scope.options(
		address,
		{ config: { scope: "public" }, schema: { tags, summary: "What this server speaks of tus" } },
		async (_request, reply) => {
			reply.header("tus-version", tusVersion);
			reply.header("tus-extension", tusExtensions);
			reply.header("tus-max-size", uploads.maxBytes);
			reply.header("tus-checksum-algorithm", checksumAlgorithms.join(","));
			return reply.code(204).send();
		},
	);
	scope.options(
		`${address}/:id`,
		{ config: { scope: "public" }, schema: { tags, params, hide: true } },
		async (_request, reply) => reply.header("tus-version", tusVersion).code(204).send(),
	);
	scope.post(
		address,
		{
			config,
			schema: {
				tags,
				summary: "Begin an upload",
				description:
					"tus 1.0 creation: `Upload-Length` or `Upload-Defer-Length: 1`, `Upload-Metadata` (filename, title, tags, recordedAt, source). `Location` is where its bytes go. A body of `application/offset+octet-stream` is its first part.",
			},
		},
		(request, reply) => begin(uploads, told, request, reply),
	);
	scope.post(
		`${address}/:id`,
		{ config, schema: { tags, params, hide: true } },
		async (request, reply) => {
			const method = headerOf(request, "x-http-method-override")?.toUpperCase();
			if (method === "PATCH") return addBody(uploads, told, request, reply);
			if (method === "HEAD") return offset(uploads, request, reply);
			if (method === "DELETE") return forget(uploads, request, reply);
			throw new OnwaxError("ERR_USAGE", "POST begins an upload, and this one has begun.", {
				hint: "PATCH adds to it.",
			});
		},
	);
	scope.head(
		`${address}/:id`,
		{ config, schema: { tags, params, summary: "How far an upload is" } },
		(request, reply) => offset(uploads, request, reply),
	);
	scope.patch(
		`${address}/:id`,
		{
			config,
			schema: {
				tags,
				params,
				summary: "Add to an upload",
				description:
					"At `Upload-Offset`, with an `Upload-Checksum` if you like. Answered when the bytes are synced. The last part's answer has `Onwax-Recording`, `Onwax-Name` and `Repr-Digest`.",
			},
		},
		(request, reply) => addBody(uploads, told, request, reply),
	);
	scope.delete(
		`${address}/:id`,
		{ config, schema: { tags, params, summary: "Give up an upload, or forget its receipt" } },
		(request, reply) => forget(uploads, request, reply),
	);
	scope.get(
		`${address}/:id`,
		{
			config,
			exposeHeadRoute: false,
			schema: {
				tags,
				params,
				summary: "What became of an upload",
				description: "200 with the receipt once it is a recording, 202 while it is not.",
				response: { 200: receipt, 202: uploadState },
			},
		},
		async (request, reply) => {
			const found = await find(uploads, request);
			const stored = await finished(uploads, found);
			if (stored !== null) return reply.code(200).send(await told.json(stored));
			const { file } = found as Upload;
			const { offsetBytes, lengthBytes, createdAt, lastByteAt, about } = file;
			return reply.code(202).send({
				...{ offsetBytes, lengthBytes, createdAt, lastByteAt },
				originalFilename: about.originalFilename,
				expiresAt: uploads.expiresAt(found as Upload).toISOString(),
			});
		},
	);
}

async function begin(uploads: Uploads, told: Told, request: FastifyRequest, reply: FastifyReply) {
	requireVersion(request);
	const lengthBytes = bytesHeader(request, "upload-length");
	const deferred = headerOf(request, "upload-defer-length");
	if ((lengthBytes === null) === (deferred === null) || (deferred ?? "1") !== "1") {
		throw new OnwaxError("ERR_USAGE", "Say either Upload-Length, or `Upload-Defer-Length: 1`.");
	}
	const bodyBytes = announcedBytes(request);
	if (bodyBytes !== 0) requireBodyType(request);
	const checksum = parseUploadChecksum(headerOf(request, "upload-checksum") ?? undefined);
	const metadataHeader = headerOf(request, "upload-metadata");
	const about = aboutOf(parseMetadata(metadataHeader), request.caller?.kind === "session");
	const owner = ownerOf(request.caller);
	const upload = await uploads.begin(owner, { about, lengthBytes, metadataHeader });
	reply.header("location", `${address}/${upload.id}`);
	if (bodyBytes !== 0) {
		await uploads.append(upload, 0, { body: request.raw, bodyBytes, checksum });
	}
	const stored = await tellProgress(uploads, upload, reply);
	if (stored !== null) await told.note(request, stored);
	return reply.code(201).send();
}

async function addBody(uploads: Uploads, told: Told, request: FastifyRequest, reply: FastifyReply) {
	requireVersion(request);
	requireBodyType(request);
	const offsetBytes = bytesHeader(request, "upload-offset");
	if (offsetBytes === null) throw new OnwaxError("ERR_USAGE", "Upload-Offset is missing.");
	const lengthBytes = bytesHeader(request, "upload-length");
	const checksum = parseUploadChecksum(headerOf(request, "upload-checksum") ?? undefined);
	const bodyBytes = announcedBytes(request);
	const found = await find(uploads, request as OfUpload);
	if (!("file" in found)) {
		const { cut, sizeBytes } = found;
		// The last part once more, because its answer was lost; or nothing is missing after all.
		if (offsetBytes === sizeBytes && bodyBytes === 0) {
			tellReceipt(reply, await uploads.tell(found));
			return reply.code(204).send();
		}
		if (cut !== null) {
			await uploads.reopen(idOf(request as OfUpload), cut, found);
			reply.header("upload-offset", 0);
			throw new OnwaxError("ERR_CONFLICT", "Nothing came for too long: what had come was kept.", {
				...{ retryable: true, retryAfterSeconds: 1 },
				hint: "Send it from its first byte again; the whole takes the place of what was kept.",
			});
		}
		tellReceipt(reply, await uploads.tell(found));
		throw new OnwaxError("ERR_CONFLICT", "Everything has come; this upload is a recording.");
	}
	if (!(await uploads.settle(found))) return locked(request, reply);
	reply.header("upload-offset", found.file.offsetBytes);
	if (lengthBytes !== null && offsetBytes === found.file.offsetBytes) {
		uploads.setLength(found, lengthBytes);
	}
	await uploads.append(found, offsetBytes, { body: request.raw, bodyBytes, checksum });
	const stored = await tellProgress(uploads, found, reply);
	if (stored !== null) await told.note(request, stored);
	return reply.code(204).send();
}

async function offset(uploads: Uploads, request: FastifyRequest, reply: FastifyReply) {
	requireVersion(request);
	const found = await find(uploads, request as OfUpload);
	if ("file" in found) await uploads.settle(found);
	const isCut = !("file" in found) && found.cut !== null;
	// It is not told as a receipt, so it leaves the trash as it is; but what was purged is not here.
	if (isCut) await uploads.requireKept(found);
	const stored = isCut ? found : await finished(uploads, found);
	const { metadataHeader } = "file" in found ? found.file : found;
	if (metadataHeader !== null) reply.header("upload-metadata", metadataHeader);
	let lengthBytes: number | null;
	if (stored !== null && stored.cut === null) {
		tellReceipt(reply, stored);
		lengthBytes = stored.sizeBytes;
	} else if (stored !== null) {
		// Not as if all had come: who has more goes on, and is told then to send it anew.
		reply.header("upload-offset", stored.sizeBytes);
		lengthBytes = stored.cut?.lengthBytes ?? null;
	} else {
		const upload = found as Upload;
		tellOffset(reply, uploads, upload);
		lengthBytes = upload.file.lengthBytes;
	}
	if (lengthBytes === null) reply.header("upload-defer-length", "1");
	else reply.header("upload-length", lengthBytes);
	return reply.code(200).send();
}

async function forget(uploads: Uploads, request: FastifyRequest, reply: FastifyReply) {
	requireVersion(request);
	await uploads.forget(askingOf(request.caller), idOf(request as OfUpload));
	return reply.code(204).send();
}

/** The end of a request that may have brought the last bytes. */
async function tellProgress(
	uploads: Uploads,
	upload: Upload,
	reply: FastifyReply,
): Promise<StoredReceipt | null> {
	reply.header("upload-offset", upload.file.offsetBytes);
	const stored = await uploads.finish(upload);
	if (stored === null) tellOffset(reply, uploads, upload);
	else tellReceipt(reply, stored);
	return stored;
}

async function finished(
	uploads: Uploads,
	found: Upload | StoredReceipt,
): Promise<StoredReceipt | null> {
	return "file" in found ? uploads.finish(found) : uploads.tell(found);
}

async function find(uploads: Uploads, request: FastifyRequest): Promise<Upload | StoredReceipt> {
	return uploads.find(askingOf(request.caller), idOf(request as OfUpload));
}

function idOf({ params: { id } }: OfUpload): string {
	if (!isUploadId(id)) throw isGone();
	return id;
}

function requireVersion(request: FastifyRequest): void {
	if (headerOf(request, "tus-resumable") === tusVersion) return;
	throw new OnwaxError("ERR_PRECONDITION", `This address speaks tus ${tusVersion}.`, {
		hint: `Send \`Tus-Resumable: ${tusVersion}\`; or send the audio in one piece to /api/v1/recordings.`,
	});
}

function requireBodyType(request: FastifyRequest): void {
	if (headerOf(request, "content-type")?.split(";", 1)[0]?.trim() === bodyType) return;
	throw new OnwaxError("ERR_FORMAT_UNKNOWN", `A part of an upload has the type ${bodyType}.`);
}

/** 423: tus clients try again by themselves. */
function locked(request: FastifyRequest, reply: FastifyReply) {
	const busy = toOnwaxError(isBusy());
	reply.header("retry-after", busy.retryAfterSeconds ?? 1);
	const problem = { ...problemOf(busy, request.id), status: 423 };
	return reply.code(423).type("application/problem+json").send(JSON.stringify(problem));
}
