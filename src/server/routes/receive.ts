import type { Multipart, MultipartFile } from "@fastify/multipart";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { cleanTag, cleanTitle } from "../../app/fields.ts";
import { tellReceipt as receiptJson } from "../../app/receipt.ts";
import { cleanFilename } from "../../app/upload-about.ts";
import { type Uploads, uploadsOf } from "../../app/uploads.ts";
import type { WholeUpload } from "../../app/whole-upload.ts";
import { OnwaxError, toOnwaxError } from "../../errors.ts";
import type { StoredReceipt } from "../../uploads/receipt-file.ts";
import type { Routes, Server } from "../context.ts";
import { type Receipts, receipt, receipts } from "../contract/receipt.ts";
import { problemOf } from "../problem.ts";
import { toldSha256 } from "../uploads/digest.ts";
import { fileOf, takeForms } from "../uploads/form.ts";
import { noteUpload } from "../uploads/note-upload.ts";
import { ownerOf } from "../uploads/owner.ts";
import { announcedBytes, takeRawBodies } from "../uploads/raw-bodies.ts";
import { headerOf, tellReceipt } from "../uploads/tus-headers.ts";
import { mediaType, requireAudioItself, requireWholeBody } from "../uploads/whole-body.ts";

const address = "/api/v1/recordings";
const query = z.strictObject({
	filename: z.string().max(10_000).optional(),
	title: z.string().max(1000).optional(),
	/** Several with commas between. */
	tags: z.string().max(10_000).optional(),
});
type Query = z.infer<typeof query>;
const params = z.object({ filename: z.string().max(1000) });

const mostFiles = 100;

/** Audio in one piece: `curl -T`, forms, and whoever has it whole. */
export const receiveRoutes: Routes = async (server, context) => {
	const uploads = uploadsOf(context.service);
	const told: Told = async (request, stored) => {
		await noteUpload(context.audit, request, stored);
		return receiptJson(context.service.app, stored);
	};
	await server.register(async (scope: Server) => {
		takeRawBodies(scope);
		await takeForms(scope, { files: mostFiles, fields: 50 });
		const config = { scope: "upload" as const };
		const tags = ["uploads"];

		scope.post<{ Querystring: Query }>(
			address,
			{
				config,
				schema: {
					tags,
					summary: "Send recordings",
					description:
						"The body is the audio (`Content-Type: audio/…`, `?filename=` or `Content-Disposition`), or a form: `title` and `tags` (for all of its files) before one or several files. 201 with a receipt once the audio is synced and in the library; 200 where it was here already. A form is answered with all receipts, and where a file of it is refused with the status of that refusal, and `receipts` of the others. `Idempotency-Key` makes asking again safe; `Repr-Digest: sha-256=:…:` is verified.",
					querystring: query,
					response: { 200: z.union([receipt, receipts]), 201: z.union([receipt, receipts]) },
				},
			},
			async (request, reply) => {
				if (request.isMultipart()) {
					const { refusal, allKnown, body } = await keepForm(uploads, request, told);
					if (refusal !== null) return refuseForm(reply, refusal, body);
					return reply.code(allKnown ? 200 : 201).send(body);
				}
				requireAudioType(request);
				const stored = await keepBody(uploads, request, givenName(request));
				return answer(request, reply, stored, told);
			},
		);
		scope.put<{ Params: z.infer<typeof params>; Querystring: Query }>(
			`${address}/:filename`,
			{
				config,
				schema: {
					tags,
					summary: "Send one recording under its file's name",
					description: "As POST with the audio as its body: `curl -T memo.wav …/recordings/`.",
					params,
					querystring: query,
					response: { 200: receipt, 201: receipt },
				},
			},
			async (request, reply) => {
				const stored = await keepBody(uploads, request, request.params.filename);
				return answer(request, reply, stored, told);
			},
		);
	});
};

/** Notes in the audit log what was kept, and says it. */
type Told = (
	request: FastifyRequest,
	stored: StoredReceipt,
) => Promise<Awaited<ReturnType<typeof receiptJson>>>;

async function answer(
	request: FastifyRequest,
	reply: FastifyReply,
	stored: StoredReceipt,
	told: Told,
) {
	tellReceipt(reply, stored);
	reply.removeHeader("upload-offset");
	return reply.code(stored.known ? 200 : 201).send(await told(request, stored));
}

function keepBody(
	uploads: Uploads,
	request: FastifyRequest<{ Querystring: Query }>,
	filename: string | null,
): Promise<StoredReceipt> {
	requireAudioItself(request);
	const { title, tags } = request.query;
	return uploads.keep(request.raw, {
		...whatWasAsked(request),
		originalFilename: cleanFilename(filename ?? ""),
		title: title === undefined ? null : cleanTitle(title),
		tags: tagsOf(tags ?? ""),
		lengthBytes: announcedBytes(request),
		sha256: toldSha256(request.headers),
	});
}

/**
 * All files of a form, one after the other. Each is a recording as soon as its part has come; one that
 * is refused does not end the others, but for a full disk, which would refuse them as well.
 */
async function keepForm(
	uploads: Uploads,
	request: FastifyRequest,
	told: Told,
): Promise<{ refusal: OnwaxError | null; allKnown: boolean; body: Receipts }> {
	requireWholeBody(request);
	if (toldSha256(request.headers) !== null) {
		throw new OnwaxError("ERR_USAGE", "A digest of a form is not that of its files.", {
			hint: "The receipts have the hash of each; or send the audio as the body.",
		});
	}
	const body: Receipts = { receipts: [], refused: [] };
	const asked = whatWasAsked(request);
	let title: string | null = null;
	let tags: string[] = [];
	let refusal: OnwaxError | null = null;
	for await (const part of partsOf(request)) {
		if (part.type === "field") {
			const value = String(part.value);
			if (part.fieldname === "title") title = cleanTitle(value);
			if (part.fieldname === "tags" || part.fieldname === "tag") {
				tags = [...new Set([...tags, ...tagsOf(value)])];
			}
			continue;
		}
		const originalFilename = cleanFilename(part.filename ?? "");
		const index = body.receipts.length + body.refused.length;
		const idempotencyKey = asked.idempotencyKey && `${asked.idempotencyKey}\n${index}`;
		const upload = { ...asked, ...{ originalFilename, title, tags, idempotencyKey } };
		try {
			const stored = await keepPart(uploads, part, upload);
			body.receipts.push(await told(request, stored));
		} catch (error) {
			const reason = toOnwaxError(error);
			// The connection is gone, or trouble that the next file would meet as well.
			if (reason.code === "ERR_INTERRUPTED") throw noForm(error);
			if (reason.code === "ERR_INTERNAL") throw error;
			body.refused.push({ originalFilename, problem: problemOf(reason, request.id) });
			if (reason.code === "ERR_DISK_FULL") {
				refusal = reason;
				// What is still coming is nobody's any more, and thrown away.
				request.raw.unpipe();
				break;
			}
			refusal ??= reason;
			part.file.resume();
		}
	}
	if (body.receipts.length === 0 && refusal === null) {
		throw new OnwaxError("ERR_USAGE", "The form has no file.", {
			hint: "`curl -F file=@memo.wav`; title and tags come before it.",
		});
	}
	return { refusal, allKnown: body.receipts.every(({ known }) => known), body };
}

/**
 * Whoever looks at the status alone must not forget a file that is not here: no 2xx where one was
 * refused. The problem says in fields of its own (RFC 9457) what became of each.
 */
function refuseForm(reply: FastifyReply, refusal: OnwaxError, body: Receipts): FastifyReply {
	const problem = problemOf(refusal, reply.request.id);
	const { retryAfterSeconds } = refusal;
	if (retryAfterSeconds !== null) reply.header("retry-after", Math.ceil(retryAfterSeconds));
	reply.code(problem.status).type("application/problem+json");
	return reply.send(JSON.stringify({ ...problem, ...body }));
}

/** @throws ERR_USAGE for what is no form, or breaks off */
async function* partsOf(request: FastifyRequest): AsyncGenerator<Multipart> {
	const parts = request.parts();
	try {
		for (;;) {
			const next = await parts.next().catch((error: { statusCode?: number }) => {
				// What the parser tells itself has a status: too many files, for one.
				throw error.statusCode === undefined ? noForm(error) : error;
			});
			if (next.done) return;
			yield next.value;
		}
	} finally {
		await parts.return?.();
	}
}

function noForm(cause: unknown): OnwaxError {
	return new OnwaxError("ERR_USAGE", "The form breaks off, or cannot be read.", {
		hint: "What came before it is kept: send it again, with an Idempotency-Key or without.",
		cause,
	});
}

function keepPart(
	uploads: Uploads,
	part: MultipartFile,
	upload: Omit<WholeUpload, "lengthBytes" | "sha256">,
): Promise<StoredReceipt> {
	return uploads.keep(fileOf(part), { ...upload, lengthBytes: null, sha256: null });
}

function whatWasAsked(
	request: FastifyRequest,
): Pick<WholeUpload, "owner" | "source" | "idempotencyKey"> {
	const idempotencyKey = headerOf(request, "idempotency-key");
	if (idempotencyKey !== null && !/^[\x21-\x7e]{1,200}$/.test(idempotencyKey)) {
		throw new OnwaxError("ERR_USAGE", "Idempotency-Key is not 1 to 200 plain characters.");
	}
	const source = request.caller?.kind === "session" ? "browser" : "api";
	return { owner: ownerOf(request.caller), source, idempotencyKey };
}

function tagsOf(text: string): string[] {
	const tags = text.split(",").filter((tag) => tag.trim() !== "");
	return [...new Set(tags.map(cleanTag))];
}

/** A form of another page's cannot have these types, and `--data` of curl is told what it lacks. */
function requireAudioType(request: FastifyRequest): void {
	const type = mediaType(request);
	const known = ["application/octet-stream", "application/ogg", "application/x-flac"];
	if (/^(audio|video)\//.test(type) || known.includes(type)) return;
	throw new OnwaxError("ERR_FORMAT_UNKNOWN", `A body of the type ${type || "none"} is no audio.`, {
		hint: "Say `Content-Type: audio/wav`, or application/octet-stream; or send a form with `-F file=@…`.",
	});
}

/** `?filename=`, or what Content-Disposition (RFC 6266) says; null where neither does. */
function givenName(request: FastifyRequest<{ Querystring: Query }>): string | null {
	if (request.query.filename !== undefined) return request.query.filename;
	const disposition = headerOf(request, "content-disposition") ?? "";
	const encoded = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
	if (encoded !== undefined) {
		try {
			return decodeURIComponent(encoded);
		} catch {
			throw new OnwaxError("ERR_USAGE", "The file name in Content-Disposition is not UTF-8.");
		}
	}
	const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition);
	return plain?.[1]?.replace(/\\(.)/g, "$1") ?? plain?.[2] ?? null;
}
