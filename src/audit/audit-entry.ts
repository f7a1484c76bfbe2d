import { z } from "zod";

export const auditActions = [
	"sign-in",
	"sign-in-failed",
	"sign-out",
	"upload",
	"download",
	"export",
	"edit",
	"trash",
	"restore",
	"purge",
	"cleanup",
	"cancel",
	"settings",
	"token-create",
	"token-revoke",
	"session-revoke",
	"password-set",
	"password-remove",
	/** Written by the audit log itself: what a crash left of a line was set aside. */
	"torn-line",
	/** Written by the audit log itself: before this entry lies something that it did not write. */
	"damage-found",
	/** Written by the audit log itself: entries that the disk did not take. */
	"entries-missing",
	/** Written by the audit log itself: entries that were there before this one are gone. */
	"entries-cut-off",
] as const;
export type AuditAction = (typeof auditActions)[number];

const caller = z.object({
	kind: z.enum(["session", "token", "terminal"]),
	id: z.string(),
	name: z.string(),
});
export type AuditCaller = z.infer<typeof caller>;

/** A line of the audit log; `docs/FORMAT.md` has its fields. */
export const auditEntry = z.object({
	/** 1, 2, 3, … over all files. */
	number: z.int(),
	at: z.string(),
	action: z.enum(auditActions),
	/** Null: nobody who is known. */
	caller: caller.nullable(),
	/** Where a request came from. */
	address: z.string().nullable(),
	/** A recording's name. */
	recording: z.string().nullable(),
	detail: z.record(z.string(), z.unknown()),
	/** The hash of the entry before; of the first one 64 zeros. */
	previous: z.string(),
	hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
