import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openSqliteCatalogue } from "../../src/catalogue/sqlite.ts";
import { eventOf } from "../../src/webhooks/events-of.ts";
import type { Received } from "../fake-receiver.ts";

/** A request, and the status that it got. */
export type Told = { id: string; type: string; name: string; status: number };

export function toldBy({ headers, body }: Received, status: number): Told {
	const { type, data } = JSON.parse(body) as { type: string; data: { name: string } };
	return { id: String(headers["webhook-id"]), type, name: data.name, status };
}

/** Every event of the library, oldest first, as its own feed of changes has it. */
export async function eventsOf(dataDir: string): Promise<{ type: string; name: string }[]> {
	const catalogue = await openSqliteCatalogue({
		path: join(dataDir, "library.db"),
		backupsDir: join(dataDir, "backups"),
	});
	try {
		const { epoch } = await catalogue.feedHead();
		const { entries, complete } = await catalogue.feedAfter({ epoch, number: 0 }, 100_000);
		assert.ok(complete, "the feed remembers all of it");
		return entries.flatMap((entry) => {
			const type = eventOf(entry);
			return type === null ? [] : [{ type, name: entry.name }];
		});
	} finally {
		await catalogue.close();
	}
}

/**
 * Holds what receivers were told against what happened: every event was taken but for those in
 * `givenUp`, each has one id whenever it is told and shares it with no other, and what is about
 * one recording was first told in its order.
 */
export function assertTold(
	events: readonly { type: string; name: string }[],
	told: readonly Told[],
	what: string,
	givenUp: readonly string[] = [],
): void {
	const key = ({ type, name }: { type: string; name: string }) => `${type} of ${name}`;
	const wanted = events.map(key).filter((event) => !givenUp.includes(event));
	const taken = told.filter(({ status }) => status < 300).map(key);
	assert.deepEqual([...new Set(taken)].sort(), wanted.sort(), what);
	const ids = new Map<string, string>();
	for (const one of told) {
		const known = ids.get(one.id) ?? key(one);
		assert.equal(key(one), known, `${what}: two events with the id ${one.id}`);
		ids.set(one.id, known);
	}
	assert.equal(new Set(ids.values()).size, ids.size, `${what}: one event with two ids`);
	const first = [...new Set(told.map(key))];
	for (const { name } of events) {
		const inOrder = events.filter((event) => event.name === name).map(key);
		const asTold = first.filter((event) => event.endsWith(` of ${name}`));
		assert.deepEqual(asTold, inOrder, `${what}: out of order`);
	}
}

/** The names of files below `webhooks/` that do not belong there once all is told. */
export async function leftOver(dataDir: string): Promise<string[]> {
	const names = await readdir(join(dataDir, "webhooks"), { recursive: true });
	const belongs = ["dead", "open", "lock.db", "position.json"];
	return names.filter((name) => !belongs.includes(name)).sort();
}
