import { OnwaxError } from "../errors.ts";
import { type State, type Status, states, statuses } from "../recording.ts";
import type { ListOptions, ListPage } from "./catalogue.ts";
import type { Reader } from "./reader.ts";
import { fromRow, recordingColumns, type StoredRecording } from "./recording-row.ts";

const beginningColumns =
	"metadata, substr(text, 1, ?) AS text, NULL AS original_text, NULL AS speakers";

/**
 * Newest first. Every combination of status and state is one walk along an index, and the walks are
 * merged, so that a page costs the same however many recordings there are. Several tags at once are
 * leapt through in the search index.
 */
export async function list(reader: Reader, options: ListOptions): Promise<ListPage> {
	const { limit, before, textCharacters } = options;
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
			? await seqsWithTags(reader, options, older, limit + 1)
			: await seqsByWalking(reader, options, tag ?? null, older, limit + 1);
	const shown = seqs.slice(0, limit);
	const isWhole = textCharacters === undefined;
	const columns = isWhole ? recordingColumns : beginningColumns;
	const rows = await reader.all<StoredRecording>(
		`SELECT ${columns} FROM recordings WHERE seq IN (SELECT value FROM json_each(?))
		ORDER BY seq DESC`,
		[...(isWhole ? [] : [textCharacters]), JSON.stringify(shown)],
	);
	return {
		recordings: rows.map(fromRow),
		next: seqs.length > limit ? String(shown.at(-1)) : null,
	};
}

async function seqsByWalking(
	reader: Reader,
	filter: { state?: State | undefined; status?: Status | undefined },
	tag: string | null,
	older: number,
	limit: number,
): Promise<number[]> {
	const wantedStates = filter.state ? [filter.state] : states;
	const wantedStatuses = filter.status
		? [filter.status]
		: statuses.filter((status) => status !== "deleted");
	const walks: string[] = [];
	const parameters: (string | number)[] = [];
	for (const status of wantedStatuses) {
		for (const state of wantedStates) {
			const table = tag === null ? "recordings WHERE" : "recording_tags WHERE tag = ? AND";
			walks.push(`SELECT * FROM (SELECT seq FROM ${table} status = ? AND state = ? AND seq < ?
				ORDER BY seq DESC LIMIT ?)`);
			if (tag !== null) parameters.push(tag);
			parameters.push(status, state, older, limit);
		}
	}
	const rows = await reader.all<{ seq: number }>(
		`${walks.join(" UNION ALL ")} ORDER BY seq DESC LIMIT ?`,
		[...parameters, limit],
	);
	return rows.map(({ seq }) => seq);
}

async function seqsWithTags(
	reader: Reader,
	options: ListOptions,
	older: number,
	limit: number,
): Promise<number[]> {
	const { parseQuery } = await import("./query.ts");
	const { matchExpression } = await import("./match-expression.ts");
	const { fts } = await matchExpression(parseQuery(""), options, async () => []);
	const rows = await reader.all<{ seq: number }>(
		`SELECT rowid AS seq FROM search WHERE search MATCH ? AND rowid < ?
		ORDER BY rowid DESC LIMIT ?`,
		[fts, older, limit],
	);
	return rows.map(({ seq }) => seq);
}
