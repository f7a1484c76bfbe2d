import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as zod from "zod";
import type { ZodType } from "zod";
import { type PublishFileOptions, publishFile } from "../durable/publish-file.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Metadata } from "../recording.ts";
import { namePattern } from "./name.ts";

const require = createRequire(import.meta.url);

export const metadataFilename = "metadata.json";

/** More than any real one: guards the memory against a file that is not ours. */
const sizeLimitBytes = 4 * 1024 * 1024;

let schema: ZodType<Metadata> | null = null;

/** Made at the first reading: zod is large, and who only writes (a recorder) does without it. */
function metadataSchema(): ZodType<Metadata> {
	schema ??= makeSchema(require("zod") as typeof zod);
	return schema;
}

function makeSchema({ z }: typeof zod): ZodType<Metadata> {
	const fileFacts = z.object({
		sha256: z.string().regex(/^[0-9a-f]{64}$/),
		sizeBytes: z.int().nonnegative(),
	});

	const audioFacts = z.object({
		mimeType: z.string(),
		codec: z.string().nullable(),
		durationSeconds: z.number().nonnegative().nullable(),
		sampleRate: z.number().positive().nullable(),
		channels: z.int().positive().nullable(),
		bitDepth: z.int().positive().nullable(),
	});

	/** No way out of the folder, and nothing that another platform would read differently. */
	const filename = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,100}$/);

	return z.object({
		format: z.literal(1),
		id: z.uuid(),
		name: z.string().regex(namePattern),
		revision: z.int().positive(),
		appVersion: z.string(),
		createdAt: z.iso.datetime(),
		modifiedAt: z.iso.datetime(),
		state: z.enum(["pending", "success", "failed"]),
		archived: z.boolean(),
		deletedAt: z.iso.datetime().nullable(),
		source: z.enum(["microphone", "import", "browser", "api", "remote"]),
		originalFilename: z.string().nullable(),
		title: z.string().nullable(),
		description: z.string().nullable(),
		tags: z.array(z.string()),
		audioFile: filename,
		audio: audioFacts,
		original: z
			.object({
				...fileFacts.shape,
				...audioFacts.shape,
				headerBase64: z.string().nullable(),
				trailerBase64: z.string().nullable(),
			})
			.nullable(),
		transcription: z
			.object({
				engine: z.string(),
				model: z.string().nullable(),
				language: z.string().nullable(),
				// Not in what versions before 0.2 wrote.
				engineFile: filename.nullable().default(null),
				latencySeconds: z.number(),
				attempts: z.int(),
				completedAt: z.string(),
				// Not in what versions before 0.2 wrote.
				coverage: z
					.object({
						speechSeconds: z.number(),
						coveredSeconds: z.number(),
						gaps: z.int(),
						loops: z.int(),
						unheard: z.int(),
						failedWindows: z.int().default(0),
					})
					.nullable()
					.default(null),
				fallback: z.object({ wanted: z.string(), reason: z.string() }).nullable().default(null),
			})
			.nullable(),
		error: z
			.object({ code: z.string(), message: z.string(), hint: z.string().nullable() })
			.nullable(),
		retention: z.string().nullable(),
		events: z.array(z.object({ at: z.string(), kind: z.string(), message: z.string() })),
		files: z.record(filename, fileFacts),
	});
}

/**
 * The text of a metadata.json. Its last member is the SHA-256 of every byte before that line, so
 * that anyone can check it: `head -n -2 metadata.json | sha256sum`.
 */
export function serializeMetadata(metadata: Metadata): string {
	const text = JSON.stringify(metadata, null, 2);
	const body = `${text.slice(0, -2)},\n`;
	return `${body}  "checksum": "${sha256(body)}"\n}\n`;
}

/**
 * The reverse of `serializeMetadata`.
 * @throws OnwaxError ERR_DAMAGED where a byte was changed, ERR_FORMAT_TOO_NEW for a later format
 */
export function parseMetadata(text: string): Metadata {
	const match = /^([\s\S]*\n) {2}"checksum": "([0-9a-f]{64})"\n\}\n$/.exec(text);
	if (!match?.[1] || sha256(match[1]) !== match[2]) {
		throw damaged("it is not what its checksum says");
	}
	return parseMetadataDocument(JSON.parse(text));
}

/** Checks a document whose bytes are already trusted (the catalogue's copy). */
export function parseMetadataDocument(document: unknown): Metadata {
	const format = (document as { format?: unknown } | null)?.format;
	if (typeof format === "number" && format > 1) {
		throw new OnwaxError("ERR_FORMAT_TOO_NEW", `metadata.json has format ${format}.`, {
			hint: "A newer Onwax wrote it; update this one.",
		});
	}
	const parsed = metadataSchema().safeParse(document);
	if (!parsed.success) throw damaged((require("zod") as typeof zod).z.prettifyError(parsed.error));
	return parsed.data;
}

/** @throws OnwaxError ERR_DAMAGED (also where it is missing or a link), or the system error's code */
export async function readMetadata(folder: string): Promise<Metadata> {
	let handle: FileHandle;
	try {
		handle = await open(
			join(folder, metadataFilename),
			constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0),
		);
	} catch (error) {
		const known = toOnwaxError(error, "ERR_DAMAGED");
		throw known.code === "ERR_DAMAGED" ? damaged("it cannot be opened", error) : known;
	}
	try {
		const { size } = await handle.stat();
		if (size > sizeLimitBytes) throw damaged(`it has ${size} bytes`);
		return parseMetadata(await handle.readFile("utf8"));
	} catch (error) {
		if (error instanceof OnwaxError) throw error;
		if (error instanceof SyntaxError) throw damaged("it is not JSON", error);
		throw toOnwaxError(error, "ERR_IO");
	} finally {
		await handle.close();
	}
}

export async function writeMetadata(
	folder: string,
	metadata: Metadata,
	options?: PublishFileOptions,
): Promise<void> {
	await publishFile(join(folder, metadataFilename), serializeMetadata(metadata), options);
}

function sha256(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}

function damaged(what: string, cause?: unknown): OnwaxError {
	return new OnwaxError("ERR_DAMAGED", `metadata.json is damaged: ${what}.`, {
		hint: "Run `onwax validate --repair`: it is restored from the catalogue, or from the other files.",
		cause,
	});
}
