import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { acquireLock } from "./process-lock.ts";

const holderScript = `
	import { acquireLock } from ${JSON.stringify(new URL("./process-lock.ts", import.meta.url).href)};
	const lock = await acquireLock(process.argv[1]);
	process.stdout.write(lock === null ? "busy" : "held");
	setInterval(() => {}, 1000);
`;

function startHolder(path: string) {
	const args = ["--input-type=module", "-e", holderScript, path];
	return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

test("one holder at a time, and free again after release", async (t) => {
	const path = join(await tempFolder(t), "lock.db");
	const first = await acquireLock(path);
	assert.ok(first);
	assert.equal(await acquireLock(path), null);
	first.release();
	const second = await acquireLock(path);
	assert.ok(second);
	second.release();
});

test("a waiter gets the lock when it is released", async (t) => {
	const path = join(await tempFolder(t), "lock.db");
	const first = await acquireLock(path);
	const waiting = acquireLock(path, { waitMs: 30_000 });
	setImmediate(() => first?.release());
	const second = await waiting;
	assert.ok(second);
	second.release();
});

test("another process is kept out, and its death frees the lock", async (t) => {
	const path = join(await tempFolder(t), "lock.db");
	const holder = startHolder(path);
	t.after(() => holder.kill("SIGKILL"));
	const [said] = await once(holder.stdout, "data");
	assert.equal(String(said), "held");
	assert.equal(await acquireLock(path), null);
	holder.kill("SIGKILL");
	await once(holder, "exit");
	const lock = await acquireLock(path);
	assert.ok(lock);
	lock.release();
});
