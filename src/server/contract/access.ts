import { z } from "zod";
import { scopes } from "../../access/caller.ts";
import { auditEntry } from "../../audit/audit-entry.ts";

/** What a token or a session may do; each stands for itself. */
export const scope = z.enum(scopes);

export const caller = z
	.object({ name: z.string(), kind: z.enum(["session", "token"]), scopes: z.array(scope) })
	.meta({ id: "Caller" });
export type CallerJson = z.infer<typeof caller>;

/** What a browser signs in with: the part after the `#` of the link, or the password. */
export const signIn = z
	.union([
		z.strictObject({ secret: z.string().max(200) }),
		z.strictObject({ password: z.string().max(2000) }),
	])
	.meta({ id: "SignIn" });

export const signInWays = z
	.object({
		/** A password is set, so that it makes sense to ask for one. */
		password: z.boolean(),
	})
	.meta({ id: "SignInWays" });
export type SignInWays = z.infer<typeof signInWays>;

export const token = z
	.object({
		id: z.string(),
		name: z.string(),
		scopes: z.array(scope),
		createdAt: z.string(),
		/** Null: good until it is revoked. */
		expiresAt: z.string().nullable(),
		/** To the hour; null: never. */
		lastUsedAt: z.string().nullable(),
	})
	.meta({ id: "Token" });
export type TokenJson = z.infer<typeof token>;

export const tokenList = z.object({ tokens: z.array(token) }).meta({ id: "TokenList" });

export const session = z
	.object({
		id: z.string(),
		/** What it was begun with. */
		by: z.enum(["link", "password"]),
		createdAt: z.string(),
		expiresAt: z.string(),
		/** Null: not known, as the two that follow, which are from that time. */
		lastSeenAt: z.string().nullable(),
		address: z.string().nullable(),
		/** As the browser calls itself. */
		agent: z.string().nullable(),
		/** It is the one that asks. */
		isCurrent: z.boolean(),
	})
	.meta({ id: "Session" });
export type SessionJson = z.infer<typeof session>;

export const sessionList = z
	.object({
		/** The newest first. */
		sessions: z.array(session),
	})
	.meta({ id: "SessionList" });

export const newToken = z
	.strictObject({
		name: z.string().min(1).max(100),
		scopes: z.array(scope).min(1),
		/** Left out: good until it is revoked. */
		expiresInDays: z.number().positive().max(36_500).optional(),
	})
	.meta({ id: "NewToken" });

export const createdToken = z
	.object({
		token,
		/** Told this once: only its hash is kept. */
		secret: z.string(),
	})
	.meta({ id: "CreatedToken" });
export type CreatedToken = z.infer<typeof createdToken>;

export const passwordPut = z
	.strictObject({
		/** Null removes it. */
		password: z.string().max(2000).nullable(),
		/** The one that counts now, where there is one. */
		current: z.string().max(2000).optional(),
	})
	.meta({ id: "PasswordPut" });

export const accessState = z
	.object({
		hasPassword: z.boolean(),
		/** Those that are still good. */
		tokens: z.int(),
		/** Why neither counts now; null: all is well. */
		damage: z.string().nullable(),
		/** This computer alone can reach the service. */
		loopbackOnly: z.boolean(),
	})
	.meta({ id: "AccessState" });
export type AccessStateJson = z.infer<typeof accessState>;

export const auditEntryJson = auditEntry.meta({ id: "AuditEntry" });
export type AuditEntryJson = z.infer<typeof auditEntryJson>;

export const auditPage = z
	.object({
		/** The newest first. */
		entries: z.array(auditEntryJson),
		/** To be given as `before` for the next page; null: there is nothing more. */
		next: z.string().nullable(),
	})
	.meta({ id: "AuditPage" });
export type AuditPage = z.infer<typeof auditPage>;

export const auditCheck = z
	.object({
		entries: z.int(),
		/** Its hash stands for everything before it. */
		last: z.object({ number: z.int(), hash: z.string(), at: z.string() }).nullable(),
		/** Nothing in here: nobody changed anything that this can see. */
		findings: z.array(
			z.object({
				file: z.string(),
				line: z.int(),
				/** `torn` is what a crash left; `damage` was changed, added or taken away. */
				kind: z.enum(["torn", "damage"]),
				message: z.string(),
			}),
		),
	})
	.meta({ id: "AuditCheck" });
export type AuditCheckJson = z.infer<typeof auditCheck>;
