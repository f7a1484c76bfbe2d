import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import { sampleRecording as sample } from "../../test/sample-recording.ts";
import { catalogueSuite } from "../../test/suites/catalogue-suite.ts";
import { searchSuite } from "../../test/suites/search-suite.ts";
import { type LogFields, type Logger, silentLogger } from "../logger.ts";
import { sql } from "./kysely.ts";
import { openSqliteCatalogue } from "./sqlite.ts";

const optionsIn = (folder: string) => ({
	path: join(folder, "library.db"),
	backupsDir: join(folder, "backups"),
});
const open = (folder: string) => openSqliteCatalogue(optionsIn(folder));

catalogueSuite("sqlite", open);
searchSuite("sqlite", open);

async function temporaryFolder(t: TestContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-sqlite-"));
	t.after(() => rm(folder, { recursive: true }));
	return folder;
}

describe("the file of the SQLite catalogue", () => {
	test("stands alone after closing: nothing is left in a WAL", async (t) => {
		const folder = await temporaryFolder(t);
		const catalogue = await open(folder);
		await catalogue.put([sample(1)]);
		await catalogue.close();
		assert.deepEqual(await readdir(folder), ["library.db"]);
	});

	test("can be read and not changed when opened to be read only", async (t) => {
		const folder = await temporaryFolder(t);
		const first = await open(folder);
		await first.put([sample(1, { text: "found" })]);
		await first.close();
		const before = await readFile(join(folder, "library.db"));
		const catalogue = await openSqliteCatalogue({ ...optionsIn(folder), readOnly: true });
		assert.equal(catalogue.writable, false);
		assert.equal((await catalogue.list({ limit: 9 })).recordings.length, 1);
		assert.equal((await catalogue.search("found", { limit: 9 })).length, 1);
		for (const change of [
			() => catalogue.put([sample(2)]),
			() => catalogue.remove([sample(1).metadata.name]),
			() => catalogue.claimChange("n", "w"),
		]) {
			await assert.rejects(change(), { code: "ERR_READ_ONLY" });
		}
		await catalogue.close();
		assert.deepEqual(await readFile(join(folder, "library.db")), before);
	});

	test("is asked for in vain where there is none and none can be made", async (t) => {
		const folder = await temporaryFolder(t);
		const opening = openSqliteCatalogue({ ...optionsIn(folder), readOnly: true });
		await assert.rejects(opening, { code: "ERR_READ_ONLY" });
		assert.deepEqual(await readdir(folder), []);
	});

	test("is refused as damaged when it is no database", async (t) => {
		const folder = await temporaryFolder(t);
		await writeFile(join(folder, "library.db"), "these are not the bytes".repeat(1000));
		await assert.rejects(open(folder), { code: "ERR_CATALOGUE" });
	});

	test("is refused as damaged when its end is missing", async (t) => {
		const folder = await temporaryFolder(t);
		const { path } = optionsIn(folder);
		const catalogue = await open(folder);
		await catalogue.put(Array.from({ length: 500 }, (_, i) => sample(i)));
		await catalogue.close();
		await truncate(path, Math.floor((await stat(path)).size / 2 / 4096) * 4096);
		const opened = open(folder).then(async (again) => {
			try {
				await again.check();
			} finally {
				await again.close();
			}
		});
		await assert.rejects(opened, { code: "ERR_CATALOGUE" });
	});

	test("is refused as too new when a later program has migrated it", async (t) => {
		const folder = await temporaryFolder(t);
		await (await open(folder)).close();
		const database = new DatabaseSync(optionsIn(folder).path);
		database.exec("PRAGMA user_version = 1000");
		database.close();
		await assert.rejects(open(folder), { code: "ERR_FORMAT_TOO_NEW" });
	});

	test("may be made and filled by several processes at once", async (t) => {
		const folder = await temporaryFolder(t);
		const program = `
			const { openSqliteCatalogue } = await import(${JSON.stringify(import.meta.resolve("./sqlite.ts"))});
			const { sampleRecording } = await import(${JSON.stringify(import.meta.resolve("../../test/sample-recording.ts"))});
			const catalogue = await openSqliteCatalogue(${JSON.stringify(optionsIn(folder))});
			const first = Number(process.argv[1]);
			for (let i = 0; i < 10; i += 1) await catalogue.put([sampleRecording(first + i)]);
			await catalogue.close();`;
		const exits = [0, 100, 200, 300].map(async (first) => {
			const args = ["--input-type=module", "-e", program, String(first)];
			const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
			let told = "";
			child.stderr.on("data", (chunk) => {
				told += chunk;
			});
			const [code] = await once(child, "close");
			assert.equal(code, 0, told);
		});
		await Promise.all(exits);
		const catalogue = await open(folder);
		assert.equal((await catalogue.counts())[0]?.recordings, 40);
		await catalogue.check();
		await catalogue.close();
	});

	test("tells the log about slow statements, without what was asked for", async (t) => {
		const folder = await temporaryFolder(t);
		const told: LogFields[] = [];
		const log: Logger = { ...silentLogger, warn: (fields) => told.push(fields) };
		const catalogue = await openSqliteCatalogue({ ...optionsIn(folder), log, slowQueryMs: 0 });
		await catalogue.put([sample(1, { title: "secret" })]);
		await catalogue.search("secret", { limit: 1 });
		await catalogue.close();
		assert.ok(told.some(({ sql }) => String(sql).includes("MATCH ?")));
		assert.ok(!JSON.stringify(told).includes("secret"));
	});

	test("is given whole numbers as integers, which FTS5 needs to stop a walk at a limit", async (t) => {
		const folder = await temporaryFolder(t);
		const catalogue = await open(folder);
		const { rows } = await sql`SELECT typeof(${5}) AS whole, typeof(${0.5}) AS part`.execute(
			catalogue.db,
		);
		assert.deepEqual(
			rows.map((row) => ({ ...(row as object) })),
			[{ whole: "integer", part: "real" }],
		);
		await catalogue.close();
	});
});
