import type { FeedEntry, FeedPage, FeedPosition } from "./catalogue.ts";
import type { Reader } from "./reader.ts";

export async function feedHead(reader: Reader): Promise<FeedPosition> {
	const [row] = await reader.all<{ epoch: string; number: number }>(
		// The counter of AUTOINCREMENT does not go back when old entries are removed.
		`SELECT epoch, ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'feed'), 0) AS number
		FROM feed_epoch`,
	);
	if (!row) throw new Error("the catalogue has no feed");
	return { epoch: row.epoch, number: row.number };
}

export async function feedAfter(
	reader: Reader,
	after: FeedPosition,
	limit: number,
): Promise<FeedPage> {
	const head = await feedHead(reader);
	if (head.number === after.number && head.epoch === after.epoch) {
		return { entries: [], head, complete: true };
	}
	const entries = await reader.all<FeedEntry>(
		`SELECT number, subject, name, shelf_before AS shelfBefore, shelf_after AS shelfAfter
		FROM feed WHERE number > ? ORDER BY number LIMIT ?`,
		[after.number, limit],
	);
	const first = entries[0]?.number ?? head.number + 1;
	const complete =
		head.epoch === after.epoch && after.number <= head.number && first === after.number + 1;
	return { entries, head, complete };
}
