import assert from "node:assert/strict";
import { chmod, cp, lstat, mkdir, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { migrations } from "../../src/catalogue/migrate.ts";
import { tempFolder } from "../temp-folder.ts";
import { checkLibrary } from "./check-library.ts";
import { type MountFolder, mountFolder } from "./mounts.ts";
import { createScenario, inputHashes, type Outcome, onwax, type Scenario } from "./scenario.ts";

const nobody = 65534;

/** Two shelves on file systems of their own, so that every move between shelves crosses devices. */
function mountShelves(mounts: MountFolder, home: string): string[] {
	const shelves = ["pending", "success"].map((shelf) =>
		join(home, "data", "onwax", "recordings", shelf),
	);
	for (const path of shelves) mounts.tmpfs(path);
	return shelves;
}

const operations: { name: string; args: string[]; before: string[][]; destroys?: boolean }[] = [
	{ name: "import", args: ["import", "INPUTS"], before: [] },
	{ name: "transcribe", args: ["retry", "--all"], before: [["import", "INPUTS", "--no-wait"]] },
	{ name: "trash", args: ["trash", "last"], before: [["import", "INPUTS"]] },
	{
		name: "restore",
		args: ["restore", "TRASHED"],
		before: [
			["import", "INPUTS"],
			["trash", "last"],
		],
	},
	{
		name: "purge",
		args: ["purge", "TRASHED", "--yes"],
		before: [
			["import", "INPUTS"],
			["trash", "last"],
		],
		destroys: true,
	},
];

async function run(scenario: Scenario, args: string[], fault?: string): Promise<Outcome> {
	const words: string[] = [];
	for (const arg of args) {
		if (arg === "INPUTS") words.push(scenario.inputs);
		else if (arg === "TRASHED") {
			const { lines } = await onwax(scenario, ["list", "--status", "deleted"]);
			words.push(String(lines[0]?.name));
		} else words.push(arg);
	}
	return onwax(scenario, words, fault ? { env: { ONWAX_FAULT: fault } } : {});
}

const everyNthStep = 5;

for (const { name, args, before, destroys } of operations) {
	test(`${name} with shelves on other devices works, and killed at every fifth step loses and doubles nothing`, async (t) => {
		const mounts = mountFolder(t);
		if (mounts === null) return;
		const base = await createScenario(join(mounts.path, "base"), { recordings: 1 });
		const hashes = [...(await inputHashes(base)).keys()];
		mountShelves(mounts, base.home);
		for (const words of before) {
			const outcome = await run(base, words);
			assert.equal(outcome.exitCode, 0, outcome.stderr);
		}
		for (let step = everyNthStep; ; step += everyNthStep) {
			const home = join(mounts.path, `step-${step}`);
			const shelves = mountShelves(mounts, home);
			await cp(base.home, home, { recursive: true });
			const scenario = { home, dataDir: join(home, "data", "onwax"), inputs: join(home, "inputs") };
			const { exitCode, signal, lines, stderr } = await run(scenario, args, `kill:${step}`);
			assert.ok(signal === "SIGKILL" || exitCode === 0, `step ${step}: ${stderr}`);
			const acknowledged = lines.some(({ outcome }) => outcome === "kept");
			const isExpected = !destroys && (before.length > 0 || acknowledged);
			const isGone = destroys && signal === null;
			try {
				await checkLibrary(scenario, {
					present: isExpected ? hashes : [],
					absent: isGone ? hashes : [],
				});
			} catch (error) {
				throw new Error(`killed at step ${step}\n${stderr}`, { cause: error });
			}
			for (const path of shelves) mounts.unmount(path);
			await rm(home, { recursive: true });
			if (signal === null) break;
		}
	});
}

/** Every path below a folder with what would change if it were written. */
async function listing(folder: string): Promise<string[]> {
	const found: string[] = [];
	for (const entry of await readdir(folder, { recursive: true })) {
		const { size, mtimeMs, mode } = await lstat(join(folder, entry));
		found.push(`${entry} ${size} ${mtimeMs} ${mode}`);
	}
	return found.sort();
}

/** What can be read is read, and writing is refused at once with that code; nothing is written. */
async function assertOnlyRead(scenario: Scenario, code: RegExp, uid?: number): Promise<void> {
	const as = uid === undefined ? {} : { uid };
	const before = await listing(scenario.dataDir);
	for (const args of [["list"], ["search", "country"], ["show", "last"], ["status"]]) {
		const { exitCode, lines, stderr } = await onwax(scenario, args, as);
		assert.equal(exitCode, 0, `${args}: ${stderr}`);
		assert.ok(lines.length > 0, `${args} says nothing`);
	}
	for (const args of [
		["import", join(scenario.inputs, "tone-1.wav")],
		["trash", "last"],
		["edit", "last", "--title", "another"],
		["reindex"],
	]) {
		const { exitCode, lines, stderr } = await onwax(scenario, args, as);
		assert.equal(exitCode, 1, `${args}: ${stderr}`);
		const { error } = lines.at(-1) as { error: { code: string; hint: string | null } };
		assert.match(error.code, code, `${args}`);
		assert.ok(error.hint, `${args}: no word about what to do`);
	}
	assert.deepEqual(await listing(scenario.dataDir), before, "something was written");
}

test("on a disk that is read-only everything can be read, and writing says what to do", async (t) => {
	const mounts = mountFolder(t);
	if (mounts === null) return;
	const scenario = await createScenario(mounts.path, { recordings: 2 });
	const disk = join(mounts.path, "data");
	mounts.tmpfs(disk);
	const first = await onwax(scenario, ["import", join(scenario.inputs, "tone-0.wav")]);
	assert.equal(first.exitCode, 0, first.stderr);
	mounts.remount(disk, "ro");
	await assertOnlyRead(scenario, /^ERR_READ_ONLY$/);
	mounts.remount(disk, "rw");
	assert.equal((await onwax(scenario, ["import", scenario.inputs])).exitCode, 0);
	await checkLibrary(scenario, { present: (await inputHashes(scenario)).keys() });
});

test("a disk that became read-only in a crash can be read as well", async (t) => {
	const mounts = mountFolder(t);
	if (mounts === null) return;
	const scenario = await createScenario(mounts.path, { recordings: 2 });
	const disk = join(mounts.path, "data");
	mounts.tmpfs(disk);
	const first = await onwax(scenario, ["import", join(scenario.inputs, "tone-0.wav")]);
	assert.equal(first.exitCode, 0, first.stderr);
	const env = { ONWAX_FAULT: "kill:30" };
	assert.equal((await onwax(scenario, ["import", scenario.inputs], { env })).signal, "SIGKILL");
	mounts.remount(disk, "ro");
	await assertOnlyRead(scenario, /^ERR_READ_ONLY$/);
	mounts.remount(disk, "rw");
	await checkLibrary(scenario, { present: [] });
});

/** Takes the catalogue back to the first schema, with everything in it, as the oldest Onwax left it. */
function makeOlder({ dataDir }: Scenario): void {
	const oldest = new DatabaseSync(":memory:");
	oldest.exec(migrations[0]?.sql ?? assert.fail("no migration"));
	const database = new DatabaseSync(join(dataDir, "library.db"));
	const gone = (type: string) =>
		namesOf(database, type).filter((name) => !namesOf(oldest, type).includes(name));
	for (const name of gone("trigger")) database.exec(`DROP TRIGGER ${name}`);
	for (const name of gone("table")) database.exec(`DROP TABLE ${name}`);
	const older = columnsOf(oldest, "recordings");
	for (const name of columnsOf(database, "recordings")) {
		if (!older.includes(name)) database.exec(`ALTER TABLE recordings DROP COLUMN ${name}`);
	}
	assert.deepEqual(
		namesOf(database, "table").map((table) => [table, columnsOf(database, table)]),
		namesOf(oldest, "table").map((table) => [table, columnsOf(oldest, table)]),
	);
	database.exec("PRAGMA user_version = 1");
	database.close();
	oldest.close();
}

function namesOf(database: DatabaseSync, type: string): string[] {
	const sql =
		"SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite%' ORDER BY 1";
	return database
		.prepare(sql)
		.all(type)
		.map(({ name }) => String(name));
}

function columnsOf(database: DatabaseSync, table: string): string[] {
	const sql = "SELECT name FROM pragma_table_xinfo(?) ORDER BY 1";
	return database
		.prepare(sql)
		.all(table)
		.map(({ name }) => String(name));
}

test("what an older version left on a read-only disk can be read as well", async (t) => {
	const mounts = mountFolder(t);
	if (mounts === null) return;
	const scenario = await createScenario(mounts.path, { recordings: 1 });
	const disk = join(mounts.path, "data");
	mounts.tmpfs(disk);
	const first = await onwax(scenario, ["import", join(scenario.inputs, "tone-0.wav")]);
	assert.equal(first.exitCode, 0, first.stderr);
	makeOlder(scenario);
	mounts.remount(disk, "ro");
	await assertOnlyRead(scenario, /^ERR_READ_ONLY$/);
	mounts.remount(disk, "rw");
	assert.equal((await onwax(scenario, ["import", scenario.inputs])).exitCode, 0);
	await checkLibrary(scenario, { present: (await inputHashes(scenario)).keys() });
});

test("what an older version left can be read while the disk is too full to change it", async (t) => {
	const mounts = mountFolder(t);
	if (mounts === null) return;
	const scenario = await createScenario(mounts.path, { recordings: 1 });
	const disk = join(mounts.path, "data");
	mounts.tmpfs(disk, "size=16m");
	const first = await onwax(scenario, ["import", join(scenario.inputs, "tone-0.wav")]);
	assert.equal(first.exitCode, 0, first.stderr);
	makeOlder(scenario);
	const ballast = join(disk, "ballast");
	// SQLite's own files for reading have room; the copy that is kept before a migration has not.
	const { bavail, bsize } = await statfs(disk);
	await writeFile(ballast, Buffer.alloc(bavail * bsize - (64 << 10)));
	for (const args of [["list"], ["search", "country"], ["show", "last"], ["status"]]) {
		const { exitCode, lines, stderr } = await onwax(scenario, args);
		assert.equal(exitCode, 0, `${args}: ${stderr}`);
		assert.ok(lines.length > 0, `${args} says nothing`);
	}
	await rm(ballast);
	assert.equal((await onwax(scenario, ["import", scenario.inputs])).exitCode, 0);
	await checkLibrary(scenario, { present: (await inputHashes(scenario)).keys() });
});

test("a library that was never made is not made on a read-only disk", async (t) => {
	const mounts = mountFolder(t);
	if (mounts === null) return;
	const scenario = await createScenario(mounts.path, { recordings: 1 });
	const disk = join(mounts.path, "data");
	mounts.tmpfs(disk, "ro");
	const { exitCode, lines } = await onwax(scenario, ["import", scenario.inputs]);
	assert.equal(exitCode, 1);
	assert.equal((lines[0] as { error: { code: string } }).error.code, "ERR_READ_ONLY");
	assert.equal((await onwax(scenario, ["list"])).exitCode, 0);
});

test("somebody else's library: what may be read is read, nothing is written, and what may not is said", async (t) => {
	if (process.getuid?.() !== 0) {
		const message = "needs root to become somebody else: sudo npm run test:faults";
		if (process.env.CI) throw new Error(message);
		return t.skip(message);
	}
	const home = await tempFolder(t);
	const scenario = await createScenario(home, { recordings: 2 });
	const first = await onwax(scenario, ["import", join(scenario.inputs, "tone-0.wav")]);
	assert.equal(first.exitCode, 0, first.stderr);
	await chmod(home, 0o755);
	await chmod(join(home, "config"), 0o755);
	await mkdir(join(home, ".cache"), { mode: 0o777 });
	for (const args of [["list"], ["import", scenario.inputs]]) {
		const { exitCode, lines, stderr } = await onwax(scenario, args, { uid: nobody });
		assert.equal(exitCode, 1, stderr);
		const { error } = lines[0] as { error: { code: string; hint: string | null } };
		assert.equal(error.code, "ERR_PERMISSION", `${args}`);
		assert.ok(error.hint);
	}
	await chmod(join(home, "data"), 0o755);
	for (const entry of await readdir(join(home, "data"), { recursive: true, withFileTypes: true })) {
		const path = join(entry.parentPath, entry.name);
		await chmod(path, entry.isDirectory() ? 0o755 : 0o644);
	}
	await assertOnlyRead(scenario, /^ERR_(PERMISSION|READ_ONLY)$/, nobody);
});
