import { useQuery } from "@tanstack/react-query";
import type { AuditPage } from "../../../src/server/contract/access.ts";
import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import type { Checks, CleanupReport, Storage } from "../../../src/server/contract/storage.ts";
import { ApiError, getJson, sendJson } from "../api/client.ts";

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

/** What is known of a recording that something happened to, if it is still there. */
export function useNamed(name: string) {
	return useQuery({
		queryKey: ["recording", name],
		queryFn: ({ signal }) =>
			getJson<RecordingDetail>(`/api/v1/recordings/${encodeURIComponent(name)}`, signal),
		retry: (count, error) => count < 1 && !(error instanceof ApiError),
	});
}

export function cleanUp(dryRun: boolean): Promise<CleanupReport> {
	return sendJson<CleanupReport>("POST", "/api/v1/cleanup", { dryRun });
}
