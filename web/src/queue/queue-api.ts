import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import type { Job, JobPage, RetriedJobs } from "../../../src/server/contract/jobs.ts";
import { ApiError, getJson, messageOf, sendJson } from "../api/client.ts";
import { showToast } from "../design/toast.ts";

/** Jobs of one state, page after page; kept in step by events. */
export function useJobs(state: Job["state"]) {
	return useInfiniteQuery({
		queryKey: ["jobs", state],
		queryFn: ({ pageParam, signal }) => {
			const after = pageParam === null ? "" : `&after=${encodeURIComponent(pageParam)}`;
			return getJson<JobPage>(`/api/v1/jobs?state=${state}&limit=50${after}`, signal);
		},
		initialPageParam: null as string | null,
		getNextPageParam: ({ next }) => next,
	});
}

/** What a person can do about work: have it done again, or end it. */
export function useJobDeeds() {
	const queries = useQueryClient();
	const refresh = () => queries.invalidateQueries({ queryKey: ["jobs"] });
	return {
		async one({ id }: Job): Promise<void> {
			try {
				await sendJson("POST", `/api/v1/jobs/${id}/retry`);
			} catch (error) {
				showToast({ text: messageOf(error), tone: "bad" });
			}
			await refresh();
		},
		async cancel({ id }: Job): Promise<void> {
			try {
				await sendJson("POST", `/api/v1/jobs/${id}/cancel`);
			} catch (error) {
				// Done meanwhile, or ended by somebody else: the list says which.
				if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) {
					showToast({ text: messageOf(error), tone: "bad" });
				}
			}
			await refresh();
		},
		async all(): Promise<void> {
			try {
				let queued = 0;
				for (let remaining = 1; remaining > 0; ) {
					const done = await sendJson<RetriedJobs>("POST", "/api/v1/jobs/retry-failed");
					queued += done.queued;
					// Whoever cannot be put back is not asked for again.
					remaining = done.queued === 0 ? 0 : done.remaining;
				}
				showToast({ text: queued === 1 ? "One is tried again." : `${queued} are tried again.` });
			} catch (error) {
				showToast({ text: messageOf(error), tone: "bad" });
			}
			await refresh();
		},
	};
}
