import type { FastifyReply, FastifyRequest } from "fastify";
import { cleanFilename, cleanRecordedAt, cleanUploadedTitle } from "../../app/upload-about.ts";
import type { Uploads } from "../../app/uploads.ts";
import { OnwaxError } from "../../errors.ts";
import type { StoredReceipt } from "../../uploads/receipt-file.ts";
import type { Upload } from "../../uploads/store.ts";
import type { UploadAbout } from "../../uploads/upload-file.ts";
import { decodeBase64, reprDigest } from "./digest.ts";

export const tusVersion = "1.0.0";
export const tusExtensions =
	"creation,creation-with-upload,creation-defer-length,checksum,expiration,termination";
export const bodyType = "application/offset+octet-stream";

/** A header that the sender may give once; null where it did not. */
export function headerOf(request: FastifyRequest, name: string): string | null {
	const value = request.headers[name];
	return typeof value === "string" ? value : null;
}

/** A header that is a number of bytes; null where there is none. @throws ERR_USAGE */
export function bytesHeader(request: FastifyRequest, name: string): number | null {
	const value = headerOf(request, name);
	if (value === null) return null;
	if (/^\d{1,15}$/.test(value)) return Number(value);
	throw new OnwaxError("ERR_USAGE", `${name} is not a number of bytes.`);
}

/** `Upload-Metadata`: pairs of a key and a value in Base64, with commas between. @throws ERR_USAGE */
export function parseMetadata(header: string | null): Map<string, string> {
	const pairs = new Map<string, string>();
	if (header === null || header === "") return pairs;
	for (const pair of header.split(",")) {
		const [key = "", encoded = "", ...rest] = pair.trim().split(" ");
		const value = decodeBase64(encoded);
		if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(key) || rest.length > 0 || value === null) {
			throw new OnwaxError("ERR_USAGE", "Upload-Metadata is not pairs of a key and Base64.");
		}
		if (pairs.has(key)) throw new OnwaxError("ERR_USAGE", "Upload-Metadata has a key twice.");
		pairs.set(key, value.toString("utf8"));
	}
	return pairs;
}

/** `isBrowser`: a person signed in sends it, and not a program with a token. */
export function aboutOf(metadata: ReadonlyMap<string, string>, isBrowser: boolean): UploadAbout {
	const existsOnlyHere = metadata.get("source") === "browser-recorder";
	const tags = (metadata.get("tags") ?? "").split(",").flatMap((tag) => {
		const clean = cleanUploadedTitle(tag)?.replace(/^#/, "").trim().slice(0, 100).toLowerCase();
		return clean ? [clean] : [];
	});
	return {
		originalFilename: cleanFilename(metadata.get("filename") ?? metadata.get("name") ?? ""),
		title: cleanUploadedTitle(metadata.get("title") ?? ""),
		tags: [...new Set(tags)].slice(0, 50),
		source: isBrowser || existsOnlyHere ? "browser" : "api",
		recordedAt: cleanRecordedAt(metadata.get("recordedAt") ?? ""),
		existsOnlyHere,
	};
}

/** How far an upload is. */
export function tellOffset(reply: FastifyReply, uploads: Uploads, upload: Upload): void {
	reply.header("upload-offset", upload.file.offsetBytes);
	reply.header("upload-expires", uploads.expiresAt(upload).toUTCString());
}

/** What became of it: the sender may forget its audio when the digest is that of what it sent. */
export function tellReceipt(reply: FastifyReply, receipt: StoredReceipt): void {
	reply.header("upload-offset", receipt.sizeBytes);
	reply.header("onwax-recording", receipt.id);
	reply.header("onwax-name", receipt.name);
	reply.header("repr-digest", reprDigest(receipt.sha256));
}
