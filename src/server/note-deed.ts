import type { FastifyRequest } from "fastify";
import type { AuditAction } from "../audit/audit-entry.ts";
import type { ServerContext } from "./context.ts";

/** Who did what to a recording, and from where, into the audit log; durable when it returns. */
export function noteDeed(
	{ audit }: Pick<ServerContext, "audit">,
	{ caller, ip: address }: Pick<FastifyRequest, "caller" | "ip">,
	action: AuditAction,
	recording: string,
	detail: Record<string, unknown> = {},
): Promise<void> {
	return audit.note({ caller, address, action, recording, detail });
}
