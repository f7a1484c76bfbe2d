import { createHmac } from "node:crypto";

/**
 * The headers of a signed request, as Standard Webhooks 1.0 has them (standardwebhooks.com): the
 * receiver computes the same HMAC-SHA-256 over `id.timestamp.body` and refuses what is old.
 *
 * @param secret `whsec_` and base64, or any other text, whose UTF-8 bytes are the key
 * @param at seconds since the epoch
 */
export function signedHeaders(
	secret: string,
	message: { id: string; at: number; body: string },
): Record<string, string> {
	const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
	const key = encoded === undefined ? Buffer.from(secret) : Buffer.from(encoded, "base64");
	const { id, at, body } = message;
	const signature = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
	return {
		"webhook-id": id,
		"webhook-timestamp": String(at),
		"webhook-signature": `v1,${signature}`,
	};
}
