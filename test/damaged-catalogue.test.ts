import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { copyScenario, createScenario, onwax } from "./faults/scenario.ts";
import { tempFolder } from "./temp-folder.ts";

const pageBytes = 4096;

test("whichever pages of the catalogue are damaged, every recording is listed again", async (t) => {
	const folder = await tempFolder(t);
	const base = await createScenario(join(folder, "base"), { recordings: 3 });
	assert.equal((await onwax(base, ["import", base.inputs, "--no-wait"])).exitCode, 0);
	const whole = (await onwax(base, ["list"])).lines.map(({ name }) => name);
	assert.equal(whole.length, 3);
	const pages = (await stat(join(base.dataDir, "library.db"))).size / pageBytes;
	let rebuilt = 0;
	// Every seventh page and the first ones: header, schema, and some of every table and index.
	for (let page = 0; page < pages; page += page < 3 ? 1 : 7) {
		const scenario = await copyScenario(base, join(folder, `page-${page}`));
		const file = await open(join(scenario.dataDir, "library.db"), "r+");
		await file.write(randomBytes(pageBytes * 2), 0, pageBytes * 2, page * pageBytes);
		await file.close();
		const listed = await onwax(scenario, ["list"]);
		assert.equal(listed.exitCode, 0, `page ${page}: ${listed.stderr}`);
		// Damage that a list does not meet is found by whoever looks for it.
		const reindexed = await onwax(scenario, ["reindex"]);
		assert.equal(reindexed.exitCode, 0, `page ${page}: ${reindexed.stderr}`);
		const after = await onwax(scenario, ["list"]);
		assert.deepEqual(after.lines.map(({ name }) => name).sort(), [...whole].sort(), `page ${page}`);
		const found = await onwax(scenario, ["search", "tone"]);
		assert.equal(found.exitCode, 0, `page ${page}: ${found.stderr}`);
		const backups = await readdir(join(scenario.dataDir, "backups"));
		rebuilt += backups.some((name) => name.startsWith("damaged-")) ? 1 : 0;
	}
	assert.ok(rebuilt > 0, "damage was met at least once, and the damaged file kept");
});

test("an import into a catalogue that is damaged in its middle loses nothing", async (t) => {
	const folder = await tempFolder(t);
	const scenario = await createScenario(join(folder, "home"), { recordings: 2 });
	const [first, second] = (await readdir(scenario.inputs)).map((file) =>
		join(scenario.inputs, file),
	) as [string, string];
	await onwax(scenario, ["import", first, "--no-wait"]);
	const file = await open(join(scenario.dataDir, "library.db"), "r+");
	await file.write(randomBytes(pageBytes * 8), 0, pageBytes * 8, pageBytes * 3);
	await file.close();
	await onwax(scenario, ["import", second, "--no-wait"]);
	await onwax(scenario, ["import", second, "--no-wait"]);
	assert.equal((await onwax(scenario, ["list"])).lines.length, 2);
});
