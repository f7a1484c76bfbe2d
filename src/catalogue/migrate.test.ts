import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { sampleRecording } from "../../test/sample-recording.ts";
import { silentLogger } from "../logger.ts";
import { migrate, migrations, schemaVersion } from "./migrate.ts";
import type { Migration } from "./migrations/migration.ts";
import { recordingRow } from "./recording-row.ts";
import { openSqliteCatalogue } from "./sqlite.ts";
import { openConnection } from "./sqlite-connection.ts";

const first: Migration = {
	version: 1,
	name: "first",
	sql: "CREATE TABLE a (x); INSERT INTO a VALUES (1);",
};
const second: Migration = {
	version: 2,
	name: "second",
	sql: "ALTER TABLE a ADD y; UPDATE a SET y = 2;",
};
const broken: Migration = {
	version: 3,
	name: "broken",
	sql: "UPDATE a SET y = 9; SELECT nonsense(;",
};

async function setUp(t: TestContext) {
	const folder = await mkdtemp(join(tmpdir(), "onwax-migrate-"));
	const path = join(folder, "library.db");
	const backups = join(folder, "backups");
	const connection = openConnection(path, "writer");
	t.after(async () => {
		connection.close();
		await rm(folder, { recursive: true });
	});
	const to = (known: Migration[]) => migrate(path, connection, backups, silentLogger, known);
	const rows = () =>
		connection.database
			.prepare("SELECT * FROM a")
			.all()
			.map((row) => ({ ...row }));
	return { connection, backups, to, rows };
}

/** A catalogue as it was before speakers, with one recording in it. */
async function oldCatalogue(t: TestContext) {
	const folder = await mkdtemp(join(tmpdir(), "onwax-migrate-"));
	const [path, backupsDir] = [join(folder, "library.db"), join(folder, "backups")];
	t.after(() => rm(folder, { recursive: true }));
	const old = openConnection(path, "writer");
	await migrate(path, old, backupsDir, silentLogger, migrations.slice(0, 1));
	const recording = sampleRecording(1, { text: "as it was" });
	const { speakers: _, ...row } = recordingRow(recording);
	const columns = Object.keys(row);
	old.database
		.prepare(`INSERT INTO recordings (seq, ${columns}) VALUES (1, ${columns.map(() => "?")})`)
		.run(...(Object.values(row) as (string | number | null)[]));
	old.close();
	return { folder, path, backupsDir, recording };
}

test("a catalogue from before speakers keeps its recordings, with nobody told apart", async (t) => {
	const { path, backupsDir, recording } = await oldCatalogue(t);
	const catalogue = await openSqliteCatalogue({ path, backupsDir });
	assert.deepEqual(await catalogue.get(recording.metadata.name), recording);
	await catalogue.close();
});

test("an older catalogue is read where nothing can be written, and stays as it is", async (t) => {
	const { folder, path, backupsDir, recording } = await oldCatalogue(t);
	const { name } = recording.metadata;
	const before = await readFile(path);
	// Two at once: each has a copy of its own.
	const opened = await Promise.all(
		[1, 2].map(() => openSqliteCatalogue({ path, backupsDir, readOnly: true })),
	);
	for (const catalogue of opened) {
		assert.equal(catalogue.writable, false);
		assert.deepEqual(await catalogue.get(name), recording);
		assert.equal((await catalogue.list({ limit: 9 })).recordings.length, 1);
		assert.equal((await catalogue.counts()).length, 1);
		const [month] = await catalogue.months();
		assert.equal(month?.recordings, 1);
		assert.equal(month?.month, name.slice(0, 7));
		await catalogue.check();
		await assert.rejects(catalogue.remove([name]), { code: "ERR_READ_ONLY" });
		await catalogue.close();
	}
	assert.deepEqual(await readFile(path), before);
	assert.ok(!(await readdir(folder)).includes("backups"));
});

test("an older catalogue that cannot be brought up to date says which versions are the reason", async (t) => {
	const { path, backupsDir } = await oldCatalogue(t);
	const old = openConnection(path, "writer");
	old.database.exec("ALTER TABLE recordings ADD COLUMN speakers TEXT");
	old.close();
	await assert.rejects(openSqliteCatalogue({ path, backupsDir, readOnly: true }), {
		code: "ERR_READ_ONLY",
		message: /has version 1 and has to become version 4, .* cannot be written/,
	});
});

test("a catalogue that was never filled is not shown as an empty one", async (t) => {
	const folder = await mkdtemp(join(tmpdir(), "onwax-migrate-"));
	t.after(() => rm(folder, { recursive: true }));
	const [path, backupsDir] = [join(folder, "library.db"), join(folder, "backups")];
	await writeFile(path, "");
	const opening = openSqliteCatalogue({ path, backupsDir, readOnly: true });
	await assert.rejects(opening, { code: "ERR_READ_ONLY" });
});

test("migrations are numbered 1, 2, 3 … without a gap", () => {
	assert.deepEqual(
		migrations.map(({ version }) => version),
		migrations.map((_, i) => i + 1),
	);
});

test("a new catalogue is made without a backup, an old one is kept before it changes", async (t) => {
	const { connection, backups, to, rows } = await setUp(t);
	await to([first]);
	await assert.rejects(readdir(backups), { code: "ENOENT" });
	await to([first, second]);
	assert.equal(schemaVersion(connection), 2);
	assert.deepEqual(rows(), [{ x: 1, y: 2 }]);
	const [kept, ...others] = (await readdir(backups)).filter((name) => name.endsWith(".db"));
	assert.match(kept ?? "", /^library-v1-.*\.db$/);
	assert.deepEqual(others, []);
	const path = join(backups, kept ?? "");
	assert.equal((await stat(path)).mode & 0o777, 0o600);
	const backup = new DatabaseSync(path);
	assert.deepEqual(
		backup
			.prepare("SELECT * FROM a")
			.all()
			.map((row) => ({ ...row })),
		[{ x: 1 }],
	);
	backup.close();
});

test("when a migration fails, the catalogue is as it was before the first of them", async (t) => {
	const { connection, to, rows } = await setUp(t);
	await to([first]);
	await assert.rejects(to([first, second, broken]), { code: "ERR_CATALOGUE" });
	assert.equal(schemaVersion(connection), 1);
	assert.deepEqual(rows(), [{ x: 1 }]);
	await to([first, second]);
	assert.deepEqual(rows(), [{ x: 1, y: 2 }]);
});

test("a disk that fills up in a migration does not make the catalogue a damaged one", async (t) => {
	const { to, rows } = await setUp(t);
	await to([first]);
	const tooLarge = "PRAGMA max_page_count = 1; CREATE TABLE large AS SELECT zeroblob(1000000) AS z";
	const full = { ...second, sql: tooLarge };
	await assert.rejects(to([first, full]), { code: "ERR_DISK_FULL", retryable: true });
	assert.deepEqual(rows(), [{ x: 1 }]);
});

test("migrating again does nothing", async (t) => {
	const { backups, to, rows } = await setUp(t);
	await to([first, second]);
	await to([first, second]);
	assert.deepEqual(rows(), [{ x: 1, y: 2 }]);
	await assert.rejects(readdir(backups), { code: "ENOENT" });
});
