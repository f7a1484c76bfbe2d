import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openTempLibrary, publishBytes, stageBytes } from "../../test/temp-library.ts";
import { recordingFolder, shelfFolder } from "../archive/layout.ts";
import { OnwaxError } from "../errors.ts";
import { createPublisher } from "./publisher.ts";

test("what is published is on its shelf, in the catalogue, and no longer in the writer's folder", async (t) => {
	const library = await openTempLibrary(t);
	const published = await publishBytes(library, Buffer.from("sound"), { title: "Memo" });
	assert.equal(published.kind, "published");
	const name = published.kind === "published" ? published.metadata.name : "";
	const folder = recordingFolder(library.layout, "pending", name);
	assert.deepEqual((await readdir(folder)).sort(), ["audio.wav", "metadata.json"]);
	assert.equal((await library.catalogue.get(name))?.metadata.title, "Memo");
	const left = await readdir((await library.writer()).folder);
	assert.deepEqual(
		left.filter((file) => !file.startsWith("lock.db")),
		[],
	);
});

test("the same audio is known the second time, in one batch and across openings", async (t) => {
	const library = await openTempLibrary(t);
	const other = await openTempLibrary(t, library.layout.data);
	const content = randomBytes(500);
	const publishers = [library, other].map((one) => ({
		one,
		publisher: createPublisher(one, async () => {}),
	}));
	const outcomes = await Promise.all(
		Array.from({ length: 10 }, async (_, i) => {
			const { one, publisher } = publishers[i % 2] as (typeof publishers)[number];
			return publisher.publish(await stageBytes(one, content));
		}),
	);
	const published = outcomes.filter((outcome) => outcome.kind === "published");
	assert.equal(published.length, 1);
	const name = published[0]?.kind === "published" ? published[0].metadata.name : "";
	for (const outcome of outcomes) {
		if (outcome.kind === "known")
			assert.deepEqual(outcome, { kind: "known", name, inTrash: false, restored: false });
	}
	assert.deepEqual(await readdir(shelfFolder(library.layout, "pending")), [name]);
});

test("what else happens in the transaction is undone with it, and the folder still counts", async (t) => {
	const library = await openTempLibrary(t);
	const staged = await stageBytes(library);
	const publisher = createPublisher(library, async () => {
		throw new OnwaxError("ERR_DISK_FULL", "full");
	});
	// The folder is on its shelf and synced: it is kept, although the catalogue could not be told.
	const outcome = await publisher.publish(staged);
	assert.equal(outcome.kind, "published");
	assert.equal(await library.catalogue.get(staged.metadata.name), null);
	assert.deepEqual(await readdir(shelfFolder(library.layout, "pending")), [staged.metadata.name]);
});

test("a name that is taken on the shelf is a conflict, and nothing there is touched", async (t) => {
	const library = await openTempLibrary(t);
	const staged = await stageBytes(library);
	const taken = recordingFolder(library.layout, "pending", staged.metadata.name);
	await mkdir(taken);
	await writeFile(join(taken, "precious"), "x");
	const publisher = createPublisher(library, async () => {});
	await assert.rejects(publisher.publish(staged), { code: "ERR_CONFLICT" });
	assert.deepEqual(await readdir(taken), ["precious"]);
});
