import assert from "node:assert/strict";
import { test } from "node:test";
import { openTempLibrary } from "../../test/temp-library.ts";
import { sql } from "../catalogue/kysely.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { claim, enqueue, takeOver } from "./queue.ts";

test("a job that this process was handed twice is kept under its newest token, and its loss is told", async (t) => {
	const library = await openTempLibrary(t);
	const { catalogue, layout } = library;
	const leaseSeconds = 60;
	const wanted = { writer: "one", leaseSeconds, kinds: ["transcribe"] as const };
	await enqueue(catalogue.db, [{ recording: "one", kind: "transcribe" }]);
	const held = () => catalogue.transaction((tx) => claim(tx, wanted));
	const heartbeat = startHeartbeat(layout.catalogue, leaseSeconds);
	t.after(() => heartbeat.close());
	const first = await held();
	assert.ok(first?.token);
	const before = heartbeat.keep({ id: first.id, token: first.token }, () => {});
	await sql`UPDATE jobs SET lease_until = 0`.execute(catalogue.db);
	const second = await held();
	assert.ok(second?.token);
	const { id, token } = second;
	const lost = new Promise<void>((resolve) => {
		heartbeat.keep({ id, token }, resolve);
	});
	// The one that came too late lets go of its own.
	before.stop();
	const which = { recording: "one", kinds: wanted.kinds, writer: "two", leaseSeconds };
	await catalogue.transaction((tx) => takeOver(tx, which));
	// The heartbeat alone does not keep the process.
	const alive = setInterval(() => {}, 1000);
	t.after(() => clearInterval(alive));
	await lost;
});
