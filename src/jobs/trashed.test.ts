import assert from "node:assert/strict";
import { test } from "node:test";
import { openTempLibrary, publishOne } from "../../test/temp-library.ts";
import { OnwaxError } from "../errors.ts";
import type { Library } from "../library/library.ts";
import { purgeRecording, restoreRecording, trashRecording } from "../library/remove.ts";
import { enqueue } from "./queue.ts";
import { type JobHandler, runWorker } from "./worker.ts";

async function jobsOf({ catalogue }: Library): Promise<string[]> {
	const rows = await catalogue.db.selectFrom("jobs").selectAll().orderBy("id").execute();
	return rows.map((row) => `${row.kind} ${row.state} ${row.error_code} ${row.parameters}`);
}

function work(library: Library, names: string[], transcribe: JobHandler, givenUp: string[] = []) {
	return runWorker({
		library,
		handlers: { transcribe },
		onGivenUp: async (_, { code }) => void givenUp.push(code),
		concurrency: 1,
		leaseSeconds: 60,
		maxDeliveries: 3,
		signal: new AbortController().signal,
		scope: names,
	});
}

test("the work on a recording ends when another process trashes it, and goes on when it is restored", async (t) => {
	const library = await openTempLibrary(t);
	const other = await openTempLibrary(t, library.layout.data);
	const name = await publishOne(library);
	const parameters = { engine: "mine" };
	await enqueue(library.catalogue.db, [{ recording: name, kind: "transcribe", parameters }]);
	const givenUp: string[] = [];
	const endless: JobHandler = async (_, signal) => {
		await trashRecording(other, name);
		return new Promise((_, reject) => {
			signal.addEventListener("abort", () => reject(signal.reason));
		});
	};
	await work(library, [name], endless, givenUp);
	assert.deepEqual(givenUp, []);
	assert.deepEqual(await jobsOf(library), ['transcribe parked trashed {"engine":"mine"}']);
	await trashRecording(other, name);
	await restoreRecording(other, name);
	assert.deepEqual(await jobsOf(library), ['transcribe queued null {"engine":"mine"}']);
	await work(library, [name], async () => ({ kind: "done" }));
	assert.match((await jobsOf(library))[0] ?? "", /^transcribe done/);
});

test("work that fails because its job was taken away has no say: nothing is given up", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	await enqueue(library.catalogue.db, [{ recording: name, kind: "transcribe" }]);
	const givenUp: string[] = [];
	const failing: JobHandler = async () => {
		await trashRecording(library, name);
		throw new OnwaxError("ERR_ENGINE", "the audio was not where it had been");
	};
	await work(library, [name], failing, givenUp);
	assert.deepEqual(givenUp, []);
	assert.deepEqual(await jobsOf(library), ["transcribe parked trashed {}"]);
});

test("what was queued anew meanwhile is not queued twice, and what had ended stays ended", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	const { db } = library.catalogue;
	await enqueue(db, [{ recording: name, kind: "peaks" }]);
	await db.updateTable("jobs").set({ state: "parked", error_code: "ERR_INTERNAL" }).execute();
	await enqueue(db, [{ recording: name, kind: "transcribe" }]);
	await trashRecording(library, name);
	await enqueue(db, [{ recording: name, kind: "transcribe", parameters: { engine: "new" } }]);
	await restoreRecording(library, name);
	assert.deepEqual(await jobsOf(library), [
		"peaks parked ERR_INTERNAL {}",
		'transcribe queued null {"engine":"new"}',
	]);
});

test("purging takes the recording's jobs along, and nobody else's", async (t) => {
	const library = await openTempLibrary(t);
	const [name, kept] = [await publishOne(library), await publishOne(library)];
	await enqueue(library.catalogue.db, [
		{ recording: name, kind: "transcribe" },
		{ recording: kept, kind: "transcribe" },
	]);
	await trashRecording(library, name);
	await enqueue(library.catalogue.db, [{ recording: name, kind: "transcribe" }]);
	await purgeRecording(library, name);
	assert.deepEqual(await jobsOf(library), ["transcribe queued null {}"]);
});
