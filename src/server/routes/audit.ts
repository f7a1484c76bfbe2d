import { z } from "zod";
import { auditActions } from "../../audit/audit-entry.ts";
import { checkAudit } from "../../audit/check-audit.ts";
import { readAudit } from "../../audit/read-audit.ts";
import type { Routes } from "../context.ts";
import { auditCheck, auditPage } from "../contract/access.ts";

export const auditRoutes: Routes = (server, { service }) => {
	server.get(
		"/api/v1/audit",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags: ["access"], summary: "Who did what, the newest first" },
				querystring: z.strictObject({
					before: z.string().max(40).optional(),
					limit: z.coerce.number().int().min(1).max(500).default(50),
					since: z.iso.datetime({ offset: true }).optional(),
					action: z.enum(auditActions).optional(),
				}),
				response: { 200: auditPage },
			},
		},
		async ({ query: { before, limit, since, action } }) =>
			await readAudit(service.app.library.layout.audit, {
				before: before ?? null,
				limit,
				since: since === undefined ? null : new Date(since),
				actions: action === undefined ? null : [action],
			}),
	);
	server.get(
		"/api/v1/audit/check",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags: ["access"], summary: "Whether anything in it was changed or taken away" },
				description: "Reads all of it and follows its chain of hashes.",
				response: { 200: auditCheck },
			},
		},
		async () => await checkAudit(service.app.library.layout.audit),
	);
};
