import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 bits that nobody guesses, as 43 letters that survive addresses, headers and terminals. */
export function newSecret(): string {
	return randomBytes(32).toString("base64url");
}

/** What is kept in a secret's place: nobody gets from here back to it. */
export function digestOf(secret: string): string {
	return createHash("sha256").update(secret).digest("hex");
}

/** Takes as long for a near miss as for anything else. */
export function isSameSecret(a: string, b: string): boolean {
	return timingSafeEqual(Buffer.from(digestOf(a)), Buffer.from(digestOf(b)));
}

/** Names something in logs; tells nothing about its secret. */
export function newId(): string {
	return randomBytes(6).toString("hex");
}
