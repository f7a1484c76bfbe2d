import type { QueryClient } from "@tanstack/react-query";
import type { BulkAnswer, BulkRequest } from "../../../src/server/contract/bulk.ts";
import { messageOf, sendJson } from "../api/client.ts";
import { formatCount } from "../design/format.ts";
import { showToast } from "../design/toast.ts";
import { changeRows, dropRows } from "./change-rows.ts";

const mostAtOnce = 1000;

type Order = Omit<BulkRequest, "names" | "filter">;

/**
 * The same for many recordings.
 *
 * @returns those that it worked for, and the first reason of those that it did not
 * @throws ApiError where the service did not take the order at all
 */
export async function orderBulk(
	order: Order,
	names: readonly string[],
): Promise<{ done: string[]; failed: number; reason: string | null }> {
	const done: string[] = [];
	let failed = 0;
	let reason: string | null = null;
	for (let at = 0; at < names.length; at += mostAtOnce) {
		const body = { ...order, names: names.slice(at, at + mostAtOnce) } satisfies BulkRequest;
		const { results } = await sendJson<BulkAnswer>("POST", "/api/v1/bulk", body);
		for (const { name, ok, problem } of results) {
			if (ok) done.push(name);
			else {
				failed += 1;
				reason ??= problem?.title ?? null;
			}
		}
	}
	return { done, failed, reason };
}

/** `3 recordings` */
export function counted(count: number): string {
	return count === 1 ? "1 recording" : `${formatCount(count)} recordings`;
}

/** They go from the list at once; if that was wrong, they come back with a reason. */
export async function trash(queries: QueryClient, names: readonly string[]): Promise<void> {
	await moveAway(queries, names, {
		action: "trash",
		said: (count) => `${counted(count)} moved to the trash.`,
		undo: "restore",
	});
}

export async function restore(queries: QueryClient, names: readonly string[]): Promise<void> {
	await moveAway(queries, names, {
		action: "restore",
		said: (count) => `${counted(count)} restored.`,
		undo: "trash",
	});
}

export async function archive(queries: QueryClient, names: readonly string[]): Promise<void> {
	await moveAway(queries, names, {
		action: "archive",
		said: (count) => `${counted(count)} archived.`,
		undo: "unarchive",
	});
}

export async function unarchive(queries: QueryClient, names: readonly string[]): Promise<void> {
	await moveAway(queries, names, {
		action: "unarchive",
		said: (count) => `${counted(count)} back among the others.`,
		undo: "archive",
	});
}

async function moveAway(
	queries: QueryClient,
	names: readonly string[],
	{
		action,
		said,
		undo,
	}: {
		action: BulkRequest["action"];
		said: (count: number) => string;
		undo: BulkRequest["action"];
	},
): Promise<void> {
	const before = queries.getQueriesData({ queryKey: ["recordings", "list"] });
	dropRows(queries, new Set(names));
	try {
		const { done, failed, reason } = await orderBulk({ action }, names);
		if (done.length > 0) {
			showToast({
				text: said(done.length),
				action: {
					run: async () => {
						await orderBulk({ action: undo }, done);
						await changeRows(queries, done);
					},
				},
			});
		}
		tellFailures(failed, reason);
		// Also brings back those that it did not work for.
		await changeRows(queries, names);
	} catch (error) {
		// Whoever cannot be reached cannot be asked either: what was shown is shown again.
		for (const [key, data] of before) queries.setQueryData(key, data);
		showToast({ text: `Nothing was moved. ${messageOf(error)}`, tone: "bad" });
		await queries.invalidateQueries({ queryKey: ["recordings"] });
	}
}

export async function retry(queries: QueryClient, names: readonly string[]): Promise<void> {
	try {
		const { done, failed, reason } = await orderBulk({ action: "retry" }, names);
		if (done.length > 0) {
			showToast({ text: `${counted(done.length)}: the text is asked for again.` });
		}
		tellFailures(failed, reason);
		await changeRows(queries, names);
	} catch (error) {
		showToast({ text: messageOf(error), tone: "bad" });
	}
}

/** @throws ApiError: the dialog that asked stays open and says so. */
export async function changeTags(
	queries: QueryClient,
	names: readonly string[],
	action: "tag" | "untag",
	tags: string[],
): Promise<void> {
	const { done, failed, reason } = await orderBulk({ action, tags }, names);
	if (done.length > 0) {
		const opposite = action === "tag" ? "untag" : "tag";
		showToast({
			text: `${counted(done.length)}: ${action === "tag" ? "tagged" : "tag taken off"}.`,
			action: {
				run: async () => {
					await orderBulk({ action: opposite, tags }, done);
					await changeRows(queries, done);
				},
			},
		});
	}
	tellFailures(failed, reason);
	await changeRows(queries, names);
	await queries.invalidateQueries({ queryKey: ["tags"] });
}

/** @throws ApiError */
export async function purge(queries: QueryClient, names: readonly string[]): Promise<void> {
	const { done, failed, reason } = await orderBulk({ action: "purge" }, names);
	dropRows(queries, new Set(done));
	if (done.length > 0) showToast({ text: `${counted(done.length)} deleted for good.` });
	tellFailures(failed, reason);
}

function tellFailures(failed: number, reason: string | null): void {
	if (failed === 0) return;
	showToast({
		text: `${counted(failed)} left as they were: ${reason ?? "no reason was given"}`,
		tone: "bad",
	});
}
