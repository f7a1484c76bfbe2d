import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { openAppendLog } from "./append-log.ts";

test("what was appended is in the file, in order, before the log is closed", async (t) => {
	const path = join(await tempFolder(t), "log");
	const log = await openAppendLog(path);
	t.after(() => log.close());
	const chunks = Array.from({ length: 50 }, (_, i) => randomBytes(i * 37));
	for (const chunk of chunks) await log.append(chunk);
	assert.ok(Buffer.concat(chunks).equals(await readFile(path)));
	assert.equal(log.sizeBytes, Buffer.concat(chunks).length);
});

test("unsynced holds exactly the bytes since the last sync", async (t) => {
	const path = join(await tempFolder(t), "log");
	const log = await openAppendLog(path, { syncEverySeconds: 3600 });
	t.after(() => log.close());
	await log.append(Buffer.from("one"));
	await log.sync();
	assert.equal(log.syncedBytes, 3);
	await log.append(Buffer.from("two"));
	await log.append(Buffer.from("three"));
	assert.equal(Buffer.concat(log.unsynced()).toString(), "twothree");
	await log.sync();
	assert.equal(log.syncedBytes, 11);
	assert.deepEqual(log.unsynced(), []);
});

test("with a sync at every append, everything is always synced", async (t) => {
	const log = await openAppendLog(join(await tempFolder(t), "log"), { syncEverySeconds: 0 });
	t.after(() => log.close());
	for (let i = 1; i <= 5; i += 1) {
		await log.append(Buffer.from("12345"));
		assert.equal(log.syncedBytes, i * 5);
	}
});

test("a log never takes the place of a file that is there", async (t) => {
	const path = join(await tempFolder(t), "log");
	await writeFile(path, "precious");
	await assert.rejects(openAppendLog(path), { code: "EEXIST" });
	assert.equal(await readFile(path, "utf8"), "precious");
});

test("a sync beside an append covers what was written before it, and nothing of what comes meanwhile", async (t) => {
	const log = await openAppendLog(join(await tempFolder(t), "log"), { syncEverySeconds: 3600 });
	t.after(() => log.close());
	await log.append(Buffer.from("one"));
	const appending = log.append(Buffer.alloc(1_000_000, "x"));
	await log.sync();
	await appending;
	// Whether the second chunk was covered depends on the moment; it must never be neither.
	const held = Buffer.concat(log.unsynced()).length;
	assert.equal(log.syncedBytes + held, log.sizeBytes);
});
