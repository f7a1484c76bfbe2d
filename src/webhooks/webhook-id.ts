import { createHash } from "node:crypto";

/** How a webhook is called where its address must not be told: many services put a secret into it. */
export function webhookId(url: string): string {
	return `hook_${createHash("sha256").update(url).digest("hex").slice(0, 8)}`;
}

/** As much of a webhook's address as anybody may see. */
export function shownAddress(url: string): string {
	const { origin, pathname, search } = new URL(url);
	return pathname === "/" && search === "" ? origin : `${origin}/…`;
}
