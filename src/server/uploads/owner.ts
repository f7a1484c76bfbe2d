import type { Caller } from "../../access/caller.ts";
import { browserOwner } from "../../app/upload-desk.ts";
import type { Asking } from "../../app/uploads.ts";

/**
 * To whom an upload belongs. All browsers that are signed in are the same person, also after signing
 * in anew; each token is a sender of its own.
 */
export function ownerOf(caller: Caller | null): string {
	if (caller === null) throw new Error("a route with a scope has a caller");
	return caller.kind === "session" ? browserOwner : `token:${caller.id}`;
}

export function askingOf(caller: Caller | null): Asking {
	return { owner: ownerOf(caller), seesAll: caller?.scopes.has("admin") ?? false };
}
