import assert from "node:assert/strict";
import { test } from "node:test";
import { openTempApp } from "../../test/temp-app.ts";
import { publishOne } from "../../test/temp-library.ts";
import { recordingFolder } from "../archive/layout.ts";
import { readMetadata, writeMetadata } from "../archive/metadata-file.ts";
import { enqueue } from "../jobs/queue.ts";
import { healRecording } from "../library/heal-recording.ts";
import { trashRecording } from "../library/remove.ts";
import { takeFromTrash } from "./take-from-trash.ts";

test("restored without its job, since the catalogue was built anew, a recording gets its text all the same", async (t) => {
	const { library } = await openTempApp(t);
	const name = await publishOne(library);
	await trashRecording(library, name);
	for (const _ of [1, 2]) await takeFromTrash(library, name);
	const jobs = await library.catalogue.db.selectFrom("jobs").select(["kind", "state"]).execute();
	assert.deepEqual(
		jobs.map((job) => ({ ...job })),
		[{ kind: "transcribe", state: "queued" }],
	);
});

test("where trashing was cut short by a crash, healing sets the work aside as well", async (t) => {
	const { library } = await openTempApp(t);
	const name = await publishOne(library);
	await enqueue(library.catalogue.db, [{ recording: name, kind: "transcribe" }]);
	const folder = recordingFolder(library.layout, "pending", name);
	const metadata = await readMetadata(folder);
	await writeMetadata(folder, { ...metadata, revision: 2, deletedAt: new Date().toISOString() });
	await healRecording(library, name);
	const jobs = await library.catalogue.db.selectFrom("jobs").select(["state"]).execute();
	assert.deepEqual(
		jobs.map(({ state }) => state),
		["parked"],
	);
});
