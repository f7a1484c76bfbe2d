import { useQuery } from "@tanstack/react-query";
import type { AuditPage } from "../../../src/server/contract/access.ts";
import type { Checks, CleanupReport, Storage } from "../../../src/server/contract/storage.ts";
import { getJson, sendJson } from "../api/client.ts";

export function useStorage() {
	return useQuery({
		queryKey: ["status", "storage"],
		queryFn: ({ signal }) => getJson<Storage>("/api/v1/storage", signal),
	});
}

export function useChecks() {
	return useQuery({
		queryKey: ["status", "checks"],
		queryFn: ({ signal }) => getJson<Checks>("/api/v1/doctor", signal),
		// It looks at programs and disks: not each time that a recording changes.
		staleTime: 60_000,
	});
}

export function useAudit() {
	return useQuery({
		queryKey: ["audit"],
		queryFn: ({ signal }) => getJson<AuditPage>("/api/v1/audit?limit=12", signal),
	});
}

export function cleanUp(dryRun: boolean): Promise<CleanupReport> {
	return sendJson<CleanupReport>("POST", "/api/v1/cleanup", { dryRun });
}
