import { join } from "node:path";
import { z } from "zod";
import { scopes } from "./caller.ts";
import { type KeptFile, openKeptFile } from "./kept-file.ts";
import { passwordHash } from "./password.ts";

const id = z.string().regex(/^[0-9a-f]{12}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();

const keptToken = z.strictObject({
	id,
	name: z.string().min(1).max(100),
	scopes: z.array(z.enum(scopes)).min(1),
	createdAt: time,
	/** Null: good until it is revoked. */
	expiresAt: time.nullable(),
	/** To the hour: a file is not written for every request. */
	lastUsedAt: time.nullable(),
	secretSha256: sha256,
});
export type KeptToken = z.infer<typeof keptToken>;

const accessFile = z.strictObject({
	format: z.literal(1),
	password: passwordHash.nullable(),
	tokens: z.array(keptToken),
});
export type AccessFile = z.infer<typeof accessFile>;

const keptSession = z.strictObject({
	id,
	/** What it was begun with. */
	by: z.enum(["link", "password"]),
	createdAt: time,
	expiresAt: time,
	/** To the hour; null: not known. With the address and the browser that came then. */
	lastSeenAt: time.nullable().default(null),
	address: z.string().max(100).nullable().default(null),
	agent: z.string().max(200).nullable().default(null),
	secretSha256: sha256,
});
export type KeptSession = z.infer<typeof keptSession>;

const sessionsFile = z.strictObject({ format: z.literal(1), sessions: z.array(keptSession) });
export type SessionsFile = z.infer<typeof sessionsFile>;

export function accessPath(folder: string): string {
	return join(folder, "access.json");
}

export function openAccessFile(folder: string): KeptFile<AccessFile> {
	return openKeptFile({
		path: accessPath(folder),
		empty: { format: 1, password: null, tokens: [] },
		parse: (text) => accessFile.parse(JSON.parse(text)),
	});
}

export function openSessionsFile(folder: string): KeptFile<SessionsFile> {
	return openKeptFile({
		path: join(folder, "sessions.json"),
		empty: { format: 1, sessions: [] },
		parse: (text) => sessionsFile.parse(JSON.parse(text)),
		// People sign in again.
		replaceable: true,
	});
}
