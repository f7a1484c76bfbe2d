import { OnwaxError } from "../errors.ts";
import type { Metadata } from "../recording.ts";

/** Changes with everything that `metadata.json` says, and with the text. */
export function recordingTag({ id, revision }: Pick<Metadata, "id" | "revision">): string {
	return `"${id}.${revision}"`;
}

/** Whether a list of entity tags, as `If-None-Match` has it, names this one (weak comparison). */
export function namesTag(header: string | undefined, tag: string): boolean {
	if (header === undefined) return false;
	if (header.trim() === "*") return true;
	return header.split(",").some((one) => withoutWeak(one.trim()) === withoutWeak(tag));
}

/**
 * What `If-Match` asks for: a change only to what the sender has seen. Without it the last one wins.
 *
 * @throws ERR_PRECONDITION
 */
export function requireMatch(header: string | undefined, metadata: Metadata): void {
	if (header === undefined) return;
	const tag = recordingTag(metadata);
	// A weak tag never matches here (RFC 9110, 13.1.1).
	if (header.trim() === "*" || header.split(",").some((one) => one.trim() === tag)) return;
	throw new OnwaxError("ERR_PRECONDITION", `${metadata.name} was changed meanwhile.`, {
		hint: "Read it again, and make your change to what it is now; nothing was changed.",
	});
}

function withoutWeak(tag: string): string {
	return tag.replace(/^W\//, "");
}
