import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";

export const shows = ["all", "text", "waiting", "failed", "archived", "trash"] as const;
export type Show = (typeof shows)[number];

/** What of the library is shown. It stands in the address, so that it can be linked to and gone back to. */
export type Filters = { q: string; show: Show; tags: string[] };

/** What the service is asked for. */
export function queryOf({ show, tags }: Pick<Filters, "show" | "tags">): URLSearchParams {
	const query = new URLSearchParams();
	const state = { text: "success", waiting: "pending", failed: "failed" }[show as string];
	if (state !== undefined) query.set("state", state);
	const status = { archived: "archived", trash: "deleted" }[show as string] ?? "active";
	query.set("status", status);
	for (const tag of tags) query.append("tag", tag);
	return query;
}

export function useFilters(): [Filters, (change: Partial<Filters>) => void] {
	const search = useSearch();
	const [, navigate] = useLocation();
	const filters = useMemo(() => readFilters(search), [search]);
	const change = useCallback(
		(part: Partial<Filters>) => {
			// Letters that follow fast on each other find what the address is by now.
			const before = readFilters(location.search);
			const isTyping = Object.keys(part).join() === "q" && part.q !== "" && before.q !== "";
			navigate(`/${writeFilters({ ...before, ...part })}`, { replace: isTyping });
		},
		[navigate],
	);
	return [filters, change];
}

function readFilters(search: string): Filters {
	const params = new URLSearchParams(search);
	const show = shows.find((known) => known === params.get("show")) ?? "all";
	return { q: params.get("q") ?? "", show, tags: params.getAll("tag") };
}

function writeFilters({ q, show, tags }: Filters): string {
	const params = new URLSearchParams();
	if (q !== "") params.set("q", q);
	if (show !== "all") params.set("show", show);
	for (const tag of tags) params.append("tag", tag);
	const written = params.toString();
	return written === "" ? "" : `?${written}`;
}
