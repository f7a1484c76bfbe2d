import type { QueryClient } from "@tanstack/react-query";
import type { RecordingDetail, RecordingSummary } from "../../../src/server/contract/recording.ts";
import { ApiError, getJson } from "../api/client.ts";
import type { Filters } from "./filters.ts";
import type { ListData, ListKey } from "./rows.ts";

/** More than so many at once: asking for the pages anew is less. */
const mostSingly = 30;

/**
 * Brings the lists that are shown in step with recordings that were added, changed or removed, row by
 * row: a list of ten thousand is not asked for again because of one.
 */
export async function changeRows(queries: QueryClient, names: readonly string[]): Promise<void> {
	void queries.invalidateQueries({ queryKey: ["recordings", "search"] });
	const lists = queries.getQueriesData<ListData>({ queryKey: ["recordings", "list"] });
	if (!lists.some(([, data]) => data !== undefined)) return;
	if (names.length > mostSingly) {
		await queries.invalidateQueries({ queryKey: ["recordings", "list"] });
		return;
	}
	try {
		const fresh = new Map<string, RecordingSummary | null>();
		await Promise.all(names.map(async (name) => fresh.set(name, await summaryOf(name))));
		for (const [key, data] of lists) {
			if (data === undefined) continue;
			const [, , filters] = key as ListKey;
			queries.setQueryData<ListData>(key, (now) => now && withChanges(now, fresh, filters));
		}
	} catch {
		await queries.invalidateQueries({ queryKey: ["recordings", "list"] });
	}
}

/** Before the service has answered: they are gone from every list. */
export function dropRows(queries: QueryClient, names: ReadonlySet<string>): void {
	queries.setQueriesData<ListData>({ queryKey: ["recordings", "list"] }, (data) =>
		data === undefined
			? data
			: withChanges(data, new Map([...names].map((name) => [name, null])), null),
	);
}

async function summaryOf(name: string): Promise<RecordingSummary | null> {
	try {
		const detail = await getJson<RecordingDetail>(`/api/v1/recordings/${encodeURIComponent(name)}`);
		return detail;
	} catch (error) {
		if (error instanceof ApiError && error.status === 404) return null;
		throw error;
	}
}

/** @param fresh null: it is gone */
function withChanges(
	data: ListData,
	fresh: ReadonlyMap<string, RecordingSummary | null>,
	filters: Pick<Filters, "show" | "tags"> | null,
): ListData {
	const known = new Set<string>();
	const pages = data.pages.map((page) => ({
		...page,
		recordings: page.recordings.flatMap((row) => {
			const change = fresh.get(row.name);
			if (change === undefined) return [row];
			known.add(row.name);
			return change !== null && isIn(change, filters) ? [change] : [];
		}),
	}));
	for (const [name, row] of fresh) {
		if (known.has(name) || row === null || !isIn(row, filters)) continue;
		insert(pages, row);
	}
	return { ...data, pages };
}

/** By the time it was made. Older than what is loaded of a longer list: it comes with its own page. */
function insert(pages: ListData["pages"], row: RecordingSummary): void {
	for (const page of pages) {
		const at = page.recordings.findIndex(({ createdAt }) => createdAt <= row.createdAt);
		if (at === -1) continue;
		page.recordings.splice(at, 0, row);
		return;
	}
	const last = pages.at(-1);
	if (last?.next === null) last.recordings.push(row);
}

function isIn(
	{ state, status, tags }: RecordingSummary,
	filters: Pick<Filters, "show" | "tags"> | null,
): boolean {
	if (filters === null) return true;
	if (!filters.tags.every((tag) => tags.includes(tag))) return false;
	switch (filters.show) {
		case "trash":
			return status === "deleted";
		case "archived":
			return status === "archived";
		case "all":
			return status === "active";
		default:
			return (
				status === "active" &&
				state === { text: "success", waiting: "pending", failed: "failed" }[filters.show]
			);
	}
}
