import assert from "node:assert/strict";
import { test } from "node:test";
import { openTempLibrary } from "../../test/temp-library.ts";
import { sql } from "../catalogue/kysely.ts";
import type { Library } from "../library/library.ts";
import {
	type ClaimOptions,
	claim,
	enqueue,
	holdsToken,
	longestDelaySeconds,
	releaseFrom,
	settle,
	takeOver,
	unfinished,
} from "./queue.ts";

const wanted: ClaimOptions = { writer: "writer-a", leaseSeconds: 60, kinds: ["transcribe"] };

const lease = { writer: "writer-b", leaseSeconds: 60 };

function claimFrom(library: Library, options: Partial<ClaimOptions> = {}) {
	return library.catalogue.transaction((tx) => claim(tx, { ...wanted, ...options }));
}

/** Moves every time in the table: what a clock that jumps the other way would have done. */
async function shiftTimes(library: Library, seconds: number): Promise<void> {
	const shift = sql`UPDATE jobs SET run_at = run_at + ${seconds}, lease_until = lease_until + ${seconds}`;
	await shift.execute(library.catalogue.db);
}

test("a job is handed out once, with a token, and the oldest first", async (t) => {
	const library = await openTempLibrary(t);
	const { db } = library.catalogue;
	await enqueue(db, [{ recording: "one", kind: "transcribe", parameters: { engine: "x" } }]);
	await enqueue(db, [{ recording: "two", kind: "transcribe" }]);
	const first = await claimFrom(library);
	const second = await claimFrom(library);
	assert.deepEqual([first?.recording, second?.recording], ["one", "two"]);
	assert.deepEqual(first?.parameters, { engine: "x" });
	assert.equal(first?.deliveries, 1);
	assert.notEqual(first?.token, second?.token);
	assert.equal(await claimFrom(library), null);
});

test("the same work is queued once while it is open, and again when it is done", async (t) => {
	const library = await openTempLibrary(t);
	const { db } = library.catalogue;
	const job = { recording: "one", kind: "transcribe" } as const;
	await enqueue(db, [job, job]);
	await enqueue(db, [job]);
	const claimed = await claimFrom(library);
	assert.ok(claimed);
	await enqueue(db, [job]);
	assert.equal(await claimFrom(library), null);
	assert.ok(await settle(db, claimed, { state: "done" }));
	await enqueue(db, [job]);
	assert.ok(await claimFrom(library));
});

test("after its lease a job is handed out anew, and the late holder has no say", async (t) => {
	const library = await openTempLibrary(t);
	const { db } = library.catalogue;
	await enqueue(db, [{ recording: "one", kind: "transcribe" }]);
	const late = await claimFrom(library);
	assert.ok(late);
	await shiftTimes(library, -61);
	const next = await claimFrom(library, { writer: "writer-b" });
	assert.equal(next?.id, late.id);
	assert.equal(next?.deliveries, 2);
	assert.equal(await holdsToken(db, late), false);
	assert.equal(await settle(db, late, { state: "done" }), false);
	assert.ok(next && (await settle(db, next, { state: "done" })));
});

for (const years of [1, -1]) {
	test(`a clock that jumps by ${years} year loses no job and keeps none waiting`, async (t) => {
		const library = await openTempLibrary(t);
		const { db } = library.catalogue;
		await enqueue(db, [{ recording: "queued", kind: "transcribe" }]);
		await shiftTimes(library, -years * 365 * 86_400);
		const job = await claimFrom(library);
		assert.equal(job?.recording, "queued");
		// Running when the clock jumps: handed out again, never stuck.
		await shiftTimes(library, -years * 365 * 86_400);
		assert.equal((await claimFrom(library))?.id, job?.id);
	});
}

test("postponing waits, but never longer than the longest delay", async (t) => {
	const library = await openTempLibrary(t);
	const { db } = library.catalogue;
	await enqueue(db, [{ recording: "one", kind: "transcribe" }]);
	const job = await claimFrom(library);
	assert.ok(job);
	const delaySeconds = 1e12;
	await settle(db, job, { state: "queued", errorCode: "ERR_X", delaySeconds, deliveries: 0 });
	assert.equal(await claimFrom(library), null);
	const [open] = await unfinished(db, ["one"], ["transcribe"]);
	assert.ok(open && Math.abs(open.dueInSeconds - longestDelaySeconds) < 5);
	await shiftTimes(library, -longestDelaySeconds - 1);
	assert.equal((await claimFrom(library))?.deliveries, 1);
});

test("what a dead worker held is free at once", async (t) => {
	const library = await openTempLibrary(t);
	const { db } = library.catalogue;
	await enqueue(db, [{ recording: "one", kind: "transcribe" }]);
	await claimFrom(library);
	await releaseFrom(db, ["writer-other"]);
	assert.equal(await claimFrom(library), null);
	await releaseFrom(db, ["writer-a"]);
	assert.equal((await claimFrom(library))?.deliveries, 2);
});

test("only wanted kinds and recordings are handed out", async (t) => {
	const library = await openTempLibrary(t);
	const { db } = library.catalogue;
	await enqueue(db, [
		{ recording: "one", kind: "compress" },
		{ recording: "one", kind: "transcribe" },
		{ recording: "two", kind: "transcribe" },
	]);
	assert.equal((await claimFrom(library, { recordings: ["two"] }))?.recording, "two");
	assert.equal(await claimFrom(library, { recordings: ["two"] }), null);
	assert.equal((await claimFrom(library))?.kind, "transcribe");
	assert.equal(await claimFrom(library), null);
	assert.equal((await claimFrom(library, { kinds: ["compress"] }))?.kind, "compress");
});

test("who takes a job over has the only say, and after its own death the job is handed out again", async (t) => {
	const library = await openTempLibrary(t);
	const { db } = library.catalogue;
	await enqueue(db, [
		{ recording: "one", kind: "transcribe", delaySeconds: 100 },
		{ recording: "one", kind: "compress" },
		{ recording: "two", kind: "transcribe" },
	]);
	const waiting = { recording: "one", kinds: ["transcribe", "chat"], ...lease } as const;
	const taken = await library.catalogue.transaction((tx) => takeOver(tx, waiting));
	assert.deepEqual(
		taken.map(({ recording, kind, deliveries }) => [recording, kind, deliveries]),
		[["one", "transcribe", 0]],
	);
	const working = await claimFrom(library);
	assert.equal(working?.recording, "two");
	const running = { ...waiting, recording: "two" };
	const [mine] = await library.catalogue.transaction((tx) => takeOver(tx, running));
	assert.ok(working && mine);
	assert.equal(mine.id, working.id);
	assert.equal(await settle(db, working, { state: "done" }), false);
	assert.ok(await settle(db, mine, { state: "parked", errorCode: "ERR_CANCELLED" }));
	assert.deepEqual(await library.catalogue.transaction((tx) => takeOver(tx, running)), []);
	// The other one was never told to have ended.
	await releaseFrom(db, [lease.writer]);
	assert.equal((await claimFrom(library))?.recording, "one");
});
