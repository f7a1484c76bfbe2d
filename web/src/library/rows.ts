import {
	type InfiniteData,
	keepPreviousData,
	useInfiniteQuery,
	useQuery,
} from "@tanstack/react-query";
import { useMemo } from "react";
import type {
	RecordingPage,
	RecordingSummary,
	SearchHits,
} from "../../../src/server/contract/recording.ts";
import { getJson } from "../api/client.ts";
import { type Filters, queryOf } from "./filters.ts";

/** Where in the text, the title or a tag the searched words stand. */
export type Found = SearchHits["hits"][number];
export type Row = { recording: RecordingSummary; found: Found | null };
export type ListKey = ["recordings", "list", Pick<Filters, "show" | "tags">];
export type ListData = InfiniteData<RecordingPage, string | null>;

const pageRows = 100;
const mostHits = 200;

/** The newest recordings page by page, or what a search finds. */
export function useRows({ q, show, tags }: Filters) {
	const isSearch = q.trim() !== "";
	const list = useInfiniteQuery({
		queryKey: ["recordings", "list", { show, tags }] satisfies ListKey,
		queryFn: ({ pageParam, signal }) => {
			const query = queryOf({ show, tags });
			query.set("limit", String(pageRows));
			if (pageParam !== null) query.set("before", pageParam);
			return getJson<RecordingPage>(`/api/v1/recordings?${query}`, signal);
		},
		initialPageParam: null as string | null,
		getNextPageParam: (last: RecordingPage) => last.next,
		enabled: !isSearch,
		// Events change single rows of it (change-rows.ts): pages are not asked for twice.
		staleTime: Number.POSITIVE_INFINITY,
		placeholderData: keepPreviousData,
	});
	const search = useQuery({
		queryKey: ["recordings", "search", { q: q.trim(), show, tags }],
		queryFn: ({ signal }) => {
			const query = queryOf({ show, tags });
			query.set("q", q.trim());
			// The word that is being typed is the beginning of one.
			query.set("prefix", "1");
			query.set("limit", String(mostHits));
			return getJson<SearchHits>(`/api/v1/recordings/search?${query}`, signal);
		},
		enabled: isSearch,
		placeholderData: keepPreviousData,
		retry: false,
	});
	const rows = useMemo<Row[]>(() => {
		if (isSearch) {
			return (search.data?.hits ?? []).map((found) => ({ recording: found.recording, found }));
		}
		return (list.data?.pages ?? []).flatMap(({ recordings }) =>
			recordings.map((recording) => ({ recording, found: null })),
		);
	}, [isSearch, search.data, list.data]);
	const active = isSearch ? search : list;
	return {
		rows,
		isSearch,
		isPending: active.isPending,
		/** What is shown belongs to the question before. */
		isStale: active.isPlaceholderData,
		error: active.error,
		retry: () => void active.refetch(),
		/** Of a search there are no more than these. */
		isCut: isSearch && rows.length >= mostHits,
		hasMore: !isSearch && list.hasNextPage,
		isLoadingMore: list.isFetchingNextPage,
		loadMore: () => void list.fetchNextPage(),
	};
}
