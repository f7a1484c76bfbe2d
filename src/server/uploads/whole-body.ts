import type { FastifyRequest } from "fastify";
import { OnwaxError } from "../../errors.ts";
import { headerOf } from "./tus-headers.ts";

/**
 * A body that is the audio itself, byte for byte, from its first to its last: an envelope, a packed one
 * or a piece would be kept as a recording that nothing can play.
 *
 * @throws ERR_FORMAT_UNKNOWN, ERR_USAGE
 */
export function requireAudioItself(request: FastifyRequest): void {
	requireWholeBody(request);
	if (!/^multipart\//.test(mediaType(request))) return;
	throw new OnwaxError("ERR_FORMAT_UNKNOWN", "A form is no audio.", {
		hint: "A form (multipart/form-data) goes to POST /api/v1/recordings; here the body is the audio.",
	});
}

/** The same of a form, whose files are the audio. @throws ERR_FORMAT_UNKNOWN, ERR_USAGE */
export function requireWholeBody(request: FastifyRequest): void {
	const packed = headerOf(request, "content-encoding")?.trim().toLowerCase() ?? "identity";
	if (packed !== "identity" && packed !== "") {
		throw new OnwaxError("ERR_FORMAT_UNKNOWN", "The body is packed (Content-Encoding).", {
			hint: "Send the audio as it is: it is kept byte for byte.",
		});
	}
	if (request.headers["content-range"] === undefined) return;
	throw new OnwaxError("ERR_USAGE", "This is a piece (Content-Range), and here all of it comes.", {
		hint: "Pieces go to /api/v1/uploads, which speaks tus.",
	});
}

/** In small letters and without its parameters; empty where there is none. */
export function mediaType(request: FastifyRequest): string {
	return headerOf(request, "content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
