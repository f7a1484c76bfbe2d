import { useQuery } from "@tanstack/react-query";
import type { ServiceStatus } from "../../../src/server/contract/storage.ts";
import { getJson } from "./client.ts";

/** The service in numbers: how many of what, which engine, how much room. */
export function useStatus() {
	return useQuery({
		queryKey: ["status"],
		queryFn: ({ signal }) => getJson<ServiceStatus>("/api/v1/status", signal),
		staleTime: 10_000,
	});
}
