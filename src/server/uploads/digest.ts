import type { IncomingHttpHeaders } from "node:http";
import { OnwaxError } from "../../errors.ts";
import type { BodyChecksum } from "../../uploads/receive-body.ts";

const digestBytes = { sha1: 20, sha256: 32 } as const;

export const checksumAlgorithms = Object.keys(digestBytes);

/** `Upload-Checksum: sha256 <base64>`; null where there is none. @throws ERR_USAGE */
export function parseUploadChecksum(header: string | undefined): BodyChecksum | null {
	if (header === undefined) return null;
	const [algorithm = "", encoded = "", ...rest] = header.trim().split(/ +/);
	if (algorithm !== "sha1" && algorithm !== "sha256") {
		throw new OnwaxError(
			"ERR_USAGE",
			"Upload-Checksum names an algorithm that is not known here.",
			{
				hint: `Known are ${checksumAlgorithms.join(", ")}.`,
			},
		);
	}
	const digest = decodeBase64(encoded);
	if (rest.length > 0 || digest?.length !== digestBytes[algorithm]) {
		throw new OnwaxError(
			"ERR_USAGE",
			"Upload-Checksum is not an algorithm and a digest in Base64.",
		);
	}
	return { algorithm, digest };
}

/**
 * The SHA-256 (hex) that `Repr-Digest` or `Content-Digest` (RFC 9530) tells; null where neither has
 * one. @throws ERR_USAGE where they contradict each other, or are no digest
 */
export function toldSha256(headers: IncomingHttpHeaders): string | null {
	const told = [headers["repr-digest"], headers["content-digest"]].flatMap((header) => {
		const encoded = /(?:^|[,\s])sha-256=:([^:]*):/i.exec(String(header ?? ""))?.[1];
		if (encoded === undefined) return [];
		const digest = decodeBase64(encoded);
		if (digest?.length === 32) return [digest.toString("hex")];
		throw new OnwaxError("ERR_USAGE", "The sha-256 digest is not one.", {
			hint: "`Repr-Digest: sha-256=:<32 bytes in Base64>:`",
		});
	});
	const [first = null, second = first] = told;
	if (first === second) return first;
	throw new OnwaxError("ERR_USAGE", "Repr-Digest and Content-Digest are of different bytes.");
}

/** `Repr-Digest` of a hash in hex. */
export function reprDigest(sha256: string): string {
	return `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`;
}

/** Null for what is no Base64: Node itself would take anything. */
export function decodeBase64(text: string): Buffer | null {
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 === 1) return null;
	return Buffer.from(text, "base64");
}
