import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp, recover } from "../../src/app/open-app.ts";
import { recordingFolder } from "../../src/archive/layout.ts";
import { readMetadata } from "../../src/archive/metadata-file.ts";
import { findOnShelves, readShelf } from "../../src/archive/shelves.ts";
import type { Catalogue } from "../../src/catalogue/catalogue.ts";
import { openSqliteCatalogue } from "../../src/catalogue/sqlite.ts";
import { defaultSettings } from "../../src/config/defaults.ts";
import { hashFile } from "../../src/durable/hash-file.ts";
import { reindex } from "../../src/library/reindex.ts";
import { silentLogger } from "../../src/logger.ts";
import { originalSha256, shelves } from "../../src/recording.ts";
import type { Scenario } from "./scenario.ts";

export type Expected = {
	/** SHA-256 of audio that was acknowledged: has to be there, once. */
	present: Iterable<string>;
	/** SHA-256 of audio whose purge was acknowledged: must not be there. */
	absent?: Iterable<string>;
};

/**
 * Recovers the library and then holds it against everything that is promised:
 * every acknowledged recording is there with its hash, none is there twice, every listed file has
 * its checksum, nothing half-done lies about, a second recovery finds nothing, and the catalogue
 * equals one that is built anew from the folders.
 */
export async function checkLibrary(scenario: Scenario, expected: Expected): Promise<void> {
	const app = await openApp({
		config: { ...defaultSettings, dataDir: scenario.dataDir },
		appVersion: "0.1.0",
		log: silentLogger,
		environment: {},
		notices: {
			onRebuild: () => {},
			onRebuildProgress: () => {},
			onRebuilt: () => {},
			onHealed: () => {},
		},
	});
	try {
		const { library } = app;
		const first = await recover(app);
		assert.deepEqual(first.problems, []);
		assert.deepEqual(first.strangers, []);
		const again = await recover(app);
		assert.deepEqual([again.healed, again.recovered, again.deadWriters], [[], [], 0]);

		const names = new Map<string, string>();
		for (const shelf of shelves) {
			for (const name of (await readShelf(library.layout, shelf)).names) {
				assert.deepEqual(await findOnShelves(library.layout, name), [shelf]);
				const folder = recordingFolder(library.layout, shelf, name);
				const metadata = await readMetadata(folder);
				for (const [file, facts] of Object.entries(metadata.files)) {
					assert.deepEqual(await hashFile(join(folder, file)), facts, `${name}/${file}`);
				}
				const listed = [...Object.keys(metadata.files), "metadata.json"].sort();
				assert.deepEqual((await readdir(folder)).sort(), listed, "nothing half-written is left");
				const sha256 = originalSha256(metadata);
				assert.equal(names.get(sha256), undefined, `${name} is there twice`);
				names.set(sha256, name);
			}
		}
		for (const sha256 of expected.present) {
			assert.ok(names.has(sha256), `acknowledged audio ${sha256} is gone`);
		}
		for (const sha256 of expected.absent ?? []) {
			assert.ok(!names.has(sha256), `purged audio ${sha256} is back`);
		}
		const own = (await library.writer()).id;
		assert.deepEqual(await readdir(library.layout.incoming), [own], "incoming is empty");
		await assertEqualsReindex(library);
	} finally {
		await app.close();
	}
}

async function assertEqualsReindex(library: {
	layout: Parameters<typeof recordingFolder>[0];
	catalogue: Catalogue;
}): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-reindex-"));
	const catalogue = await openSqliteCatalogue({
		path: join(folder, "library.db"),
		backupsDir: folder,
	});
	try {
		await reindex({ ...library, catalogue } as Parameters<typeof reindex>[0]);
		const [now, fresh] = [await dumpOf(library.catalogue), await dumpOf(catalogue)];
		assert.deepEqual(now, fresh, "the catalogue equals a fresh reindex");
	} finally {
		await catalogue.close();
		await rm(folder, { recursive: true });
	}
}

async function dumpOf(catalogue: Catalogue): Promise<unknown[]> {
	const rows: unknown[] = [];
	for await (const row of catalogue.dump()) rows.push(row);
	return rows;
}
