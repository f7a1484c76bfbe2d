import type { TagCount } from "./catalogue.ts";
import type { Reader } from "./reader.ts";

/** One walk along the index of tags, which is in their order; no recording is read. */
export async function tags(reader: Reader): Promise<TagCount[]> {
	const rows = await reader.all<TagCount>(
		`SELECT tag, count(*) AS recordings FROM recording_tags
		WHERE status <> 'deleted' GROUP BY tag ORDER BY tag`,
	);
	return rows.map((row) => ({ ...row }));
}
