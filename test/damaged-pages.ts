import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { copyScenario, createScenario, onwax } from "./faults/scenario.ts";
import { tempFolder } from "./temp-folder.ts";

export const pageBytes = 4096;

/** Damages the catalogue at each of the pages that are chosen of so many, and looks what is listed. */
export async function damageEachPage(
	t: TestContext,
	choose: (pages: number) => readonly number[],
): Promise<void> {
	const folder = await tempFolder(t);
	const base = await createScenario(join(folder, "base"), { recordings: 3 });
	assert.equal((await onwax(base, ["import", base.inputs, "--no-wait"])).exitCode, 0);
	const whole = (await onwax(base, ["list"])).lines.map(({ name }) => name);
	assert.equal(whole.length, 3);
	const pages = (await stat(join(base.dataDir, "library.db"))).size / pageBytes;
	let rebuilt = 0;
	for (const page of choose(pages)) {
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
		await rm(scenario.home, { recursive: true });
	}
	assert.ok(rebuilt > 0, "damage was met at least once, and the damaged file kept");
}
