import { OnwaxError } from "../errors.ts";
import { type State, type Status, states, statuses } from "../recording.ts";
import type { CatalogueDatabase, ListOptions, ListPage } from "./catalogue.ts";
import { sql } from "./kysely.ts";
import { matchExpression } from "./match-expression.ts";
import { fromRow, recordingColumns } from "./recording-row.ts";

/**
 * Newest first. Every combination of status and state is one walk along an index, and the walks are
 * merged, so that a page costs the same however many recordings there are. Several tags at once are
 * leapt through in the search index.
 */
export async function list(db: CatalogueDatabase, options: ListOptions): Promise<ListPage> {
	const { limit, before } = options;
	const older = before === undefined ? Number.MAX_SAFE_INTEGER : Number(before);
	if (!Number.isSafeInteger(older)) {
		throw new OnwaxError("ERR_USAGE", "That is not a place in a list.", {
			hint: "Pass the `next` of the page before.",
		});
	}
	if (limit < 1) return { recordings: [], next: null };
	const [tag, ...moreTags] = options.tags ?? [];
	// One more than asked for, to know whether there is a next page.
	const seqs =
		moreTags.length > 0
			? await seqsWithTags(db, options, older, limit + 1)
			: await seqsByWalking(db, options, tag ?? null, older, limit + 1);
	const shown = seqs.slice(0, limit);
	const rows = await db
		.selectFrom("recordings")
		.select(recordingColumns)
		.where(sql<boolean>`seq IN (SELECT value FROM json_each(${JSON.stringify(shown)}))`)
		.orderBy("seq", "desc")
		.execute();
	return {
		recordings: rows.map(fromRow),
		next: seqs.length > limit ? String(shown.at(-1)) : null,
	};
}

async function seqsByWalking(
	db: CatalogueDatabase,
	filter: { state?: State | undefined; status?: Status | undefined },
	tag: string | null,
	older: number,
	limit: number,
): Promise<number[]> {
	const wantedStates = filter.state ? [filter.state] : states;
	const wantedStatuses = filter.status
		? [filter.status]
		: statuses.filter((status) => status !== "deleted");
	const walks = wantedStatuses.flatMap((status) =>
		wantedStates.map((state) => {
			const table =
				tag === null ? sql`recordings WHERE` : sql`recording_tags WHERE tag = ${tag} AND`;
			return sql`SELECT * FROM (SELECT seq FROM ${table} status = ${status} AND state = ${state}
				AND seq < ${older} ORDER BY seq DESC LIMIT ${limit})`;
		}),
	);
	const { rows } = await sql<{ seq: number }>`
		${sql.join(walks, sql` UNION ALL `)} ORDER BY seq DESC LIMIT ${limit}`.execute(db);
	return rows.map(({ seq }) => seq);
}

async function seqsWithTags(
	db: CatalogueDatabase,
	options: ListOptions,
	older: number,
	limit: number,
): Promise<number[]> {
	const nothing = { required: [], excluded: [], tags: [], excludedTags: [] };
	const { fts } = await matchExpression(nothing, options, async () => []);
	const { rows } = await sql<{ seq: number }>`
		SELECT rowid AS seq FROM search WHERE search MATCH ${fts} AND rowid < ${older}
		ORDER BY rowid DESC LIMIT ${limit}`.execute(db);
	return rows.map(({ seq }) => seq);
}
