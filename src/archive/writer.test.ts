import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { layoutOf, makeLayout } from "./layout.ts";
import { inheritWriter, isWriterAlive, listWriters, openWriter } from "./writer.ts";

test("a writer is alive until it closes, and leaves nothing", async (t) => {
	const layout = layoutOf(await tempFolder(t));
	await makeLayout(layout);
	const writer = await openWriter(layout);
	assert.deepEqual(await listWriters(layout), [writer.id]);
	assert.ok(await isWriterAlive(layout, writer.id));
	assert.equal(await inheritWriter(layout, writer.id, async () => assert.fail("alive")), false);
	await writer.close();
	assert.deepEqual(await readdir(layout.incoming), []);
	assert.equal(await isWriterAlive(layout, writer.id), false);
});

test("a killed writer is seen as dead at once, and one heir gets what it left", async (t) => {
	const layout = layoutOf(await tempFolder(t));
	await makeLayout(layout);
	const script = `
		import { openWriter } from ${JSON.stringify(new URL("./writer.ts", import.meta.url).href)};
		const writer = await openWriter(${JSON.stringify(layout)});
		process.stdout.write(writer.id);
		setInterval(() => {}, 1000);
	`;
	const args = ["--input-type=module", "-e", script];
	const process_ = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
	t.after(() => process_.kill("SIGKILL"));
	const [said] = await once(process_.stdout, "data");
	const id = String(said);
	assert.ok(await isWriterAlive(layout, id));
	await writeFile(join(layout.incoming, id, "left"), "behind");
	process_.kill("SIGKILL");
	await once(process_, "exit");
	assert.equal(await isWriterAlive(layout, id), false);
	const seen: string[][] = [];
	const heirs = await Promise.all(
		[1, 2, 3].map(() =>
			inheritWriter(layout, id, async (folder) => {
				seen.push((await readdir(folder)).filter((file) => !file.startsWith("lock.db")));
			}),
		),
	);
	assert.equal(heirs.filter(Boolean).length, 1);
	assert.deepEqual(seen, [["left"]]);
	assert.deepEqual(await listWriters(layout), []);
});

test("a writer closes in the sight of others that look whether it lives", async (t) => {
	const layout = layoutOf(await tempFolder(t));
	await makeLayout(layout);
	const script = `
		import { hasDeadWriter } from ${JSON.stringify(new URL("./writer.ts", import.meta.url).href)};
		process.stdout.write("looks");
		for (;;) await hasDeadWriter(${JSON.stringify(layout)});
	`;
	const args = ["--input-type=module", "-e", script];
	const onlookers = [1, 2].map(() =>
		spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] }),
	);
	t.after(() => onlookers.map((onlooker) => onlooker.kill("SIGKILL")));
	await Promise.all(onlookers.map(({ stdout }) => once(stdout, "data")));
	for (let round = 0; round < 100; round++) await (await openWriter(layout)).close();
	assert.deepEqual(
		onlookers.map(({ exitCode }) => exitCode),
		[null, null],
	);
});

test("a writer that says it is unfinished is found by the next start", async (t) => {
	const layout = layoutOf(await tempFolder(t));
	await makeLayout(layout);
	const writer = await openWriter(layout);
	await writer.close({ unfinished: true });
	assert.deepEqual(await listWriters(layout), [writer.id]);
	assert.equal(await isWriterAlive(layout, writer.id), false);
});
