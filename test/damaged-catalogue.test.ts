import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { damageEachPage, pageBytes } from "./damaged-pages.ts";
import { createScenario, onwax } from "./faults/scenario.ts";
import { tempFolder } from "./temp-folder.ts";

/* Pages of every table and index are damaged by test/faults/damaged-catalogue.test.ts. */
test("whether header, schema or a table is damaged, every recording is listed again", async (t) => {
	await damageEachPage(t, (pages) => [0, 1, Math.floor(pages / 2), pages - 2]);
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
