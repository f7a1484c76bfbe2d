import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { checkLibrary } from "./check-library.ts";
import { type MountFolder, mountFolder } from "./mounts.ts";
import {
	createScenario,
	inputHashes,
	type Outcome,
	onwax,
	type Scenario,
	tone,
} from "./scenario.ts";

/** A library on a disk of that size. */
async function scenarioOnDisk(
	t: TestContext,
	size: string,
	options: Parameters<typeof createScenario>[1],
): Promise<{ scenario: Scenario; mounts: MountFolder; disk: string } | null> {
	const mounts = mountFolder(t);
	if (mounts === null) return null;
	const scenario = await createScenario(mounts.path, options);
	const disk = join(mounts.path, "data");
	mounts.tmpfs(disk, size);
	return { scenario, mounts, disk };
}

type Line = {
	outcome?: string;
	originalSha256?: string;
	error?: { code: string; message: string };
};

function told({ lines }: Outcome, outcome: string): Line[] {
	return (lines as Line[]).filter((line) => line.outcome === outcome);
}

function hashesOf(lines: Line[]): string[] {
	return lines.map(({ originalSha256 }) => originalSha256 ?? "");
}

const space = { enough: "size=100m,nr_inodes=20000" };

const disks = [
	{ what: "space for a dozen of thirty files", size: "size=1400k", seconds: 2, fitting: 8 },
	{ what: "space for one file", size: "size=240k", seconds: 2, fitting: 1 },
	{ what: "inodes for some of thirty files", size: "nr_inodes=70", seconds: 0.3, fitting: 5 },
	{ what: "inodes for hardly any file", size: "nr_inodes=26", seconds: 0.3, fitting: 1 },
];

for (const { what, size, seconds, fitting } of disks) {
	test(`${what}: those are kept, the others refused, and go in when there is more`, async (t) => {
		const disk = await scenarioOnDisk(t, size, { recordings: 30, seconds });
		if (disk === null) return;
		const { scenario } = disk;
		const first = await onwax(scenario, ["import", scenario.inputs, "--no-wait"]);
		assert.equal(first.exitCode, 1, first.stderr);
		const kept = hashesOf(told(first, "kept"));
		const refused = told(first, "refused");
		assert.equal(kept.length + refused.length, 30, "every file has an outcome");
		assert.ok(kept.length >= fitting, `only ${kept.length} were kept`);
		assert.deepEqual([...new Set(refused.map(({ error }) => error?.code))], ["ERR_DISK_FULL"]);
		// Full as it is, it lists what the catalogue knows, and says so where that is not all.
		const listed = await onwax(scenario, ["list", "--limit", "0"]);
		assert.equal(listed.exitCode, 0, listed.stderr);
		if (listed.lines.length < kept.length) assert.match(listed.stderr, /disk is full/i);
		disk.mounts.remount(disk.disk, space.enough);
		const second = await onwax(scenario, ["import", scenario.inputs, "--no-wait"]);
		assert.equal(second.exitCode, 0, second.stderr);
		assert.equal(told(second, "kept").length, refused.length);
		assert.equal(told(second, "known").length, kept.length);
		await checkLibrary(scenario, { present: (await inputHashes(scenario)).keys() });
	});
}

test("large files that are copied at once share the space that is left: as many as fit are kept", async (t) => {
	const disk = await scenarioOnDisk(t, "size=8m", { recordings: 16, seconds: 60 });
	if (disk === null) return;
	const { scenario } = disk;
	const outcome = await onwax(scenario, ["import", scenario.inputs, "--no-wait"]);
	// 1.92 MB each.
	assert.equal(told(outcome, "kept").length, 4, outcome.stderr);
	await checkLibrary(scenario, { present: hashesOf(told(outcome, "kept")) });
});

test("what would go below the reserve is refused before anything of it is written", async (t) => {
	const config = { minFreeSpaceMb: 20 };
	const disk = await scenarioOnDisk(t, "size=30m", { recordings: 1, config });
	if (disk === null) return;
	const { scenario } = disk;
	const large = join(scenario.home, "large.wav");
	await writeFile(large, tone(440, 400));
	const refused = await onwax(scenario, ["import", large]);
	assert.equal(refused.exitCode, 1);
	const [line] = told(refused, "refused");
	assert.equal(line?.error?.code, "ERR_DISK_FULL");
	assert.match(line?.error?.message ?? "", /20 MB are kept in reserve/);
	assert.equal((await onwax(scenario, ["import", scenario.inputs])).exitCode, 0);
	await checkLibrary(scenario, { present: (await inputHashes(scenario)).keys() });
});

/** Says something, but not before it has filled the disk that it is given. */
const fillingEngine = `
	const { openSync, writeSync } = require("node:fs");
	const [, path] = process.argv;
	const fill = openSync(path, "a");
	for (let size = 65536; size >= 1; size >>= 1)
		try { for (;;) writeSync(fill, Buffer.alloc(size)); } catch {}
	process.stdout.write("the disk is full now");
`;

test("a disk that is full when the text comes: the audio stays, the text follows when there is space", async (t) => {
	const mounts = mountFolder(t);
	if (mounts === null) return;
	const filler = join(mounts.path, "data", "filler");
	const command = [process.execPath, "-e", fillingEngine, filler, "{audio}"];
	const scenario = await createScenario(mounts.path, {
		recordings: 4,
		config: { engine: "filling", engines: { filling: { type: "command", command } } },
	});
	mounts.tmpfs(join(mounts.path, "data"), "size=4m");
	const all = [...(await inputHashes(scenario)).keys()];
	const imported = await onwax(scenario, ["import", scenario.inputs]);
	assert.equal(imported.signal, null);
	assert.notEqual(imported.exitCode, 0, "no text could be written");
	assert.match(`${imported.stderr}${JSON.stringify(imported.lines)}`, /disk is full/i);
	// Full as it is, everything can be read, whatever had to be left undone.
	const listed = await onwax(scenario, ["list"]);
	assert.equal(listed.exitCode, 0, listed.stderr);
	assert.deepEqual(hashesOf(listed.lines).sort(), all.sort());
	await rm(filler);
	const recovered = await onwax(scenario, ["recover"]);
	assert.equal(recovered.exitCode, 0, recovered.stderr);
	await checkLibrary(scenario, { present: all });
	mounts.remount(join(mounts.path, "data"), "size=100m");
	await writeFile(
		join(scenario.home, "config", "onwax", "config.json"),
		JSON.stringify({
			minFreeSpaceMb: 0,
			engine: "said",
			engines: { said: { type: "command", command: ["echo", "it is on wax {audio}"] } },
		}),
	);
	const retried = await onwax(scenario, ["retry", "--all", "--pause", "0s"]);
	assert.equal(retried.exitCode, 0, retried.stderr);
	const found = await onwax(scenario, ["list", "--state", "success"]);
	assert.equal(found.lines.length, all.length);
	await checkLibrary(scenario, { present: all });
});

/** More than any of the disks here holds: where the reserve is met does not hang on how the pipe cuts. */
const recorded = tone(330, 300);

/** The one recording's audio, which must be the beginning of what was sent. */
async function assertBeginning(scenario: Scenario): Promise<number> {
	const { lines, stderr } = await onwax(scenario, ["list"]);
	assert.equal(lines.length, 1, stderr);
	const audio = await readFile(String(lines[0]?.path));
	assert.ok(audio.equals(recorded.subarray(0, audio.length)), "not what was sent");
	return audio.length;
}

test("standard input, when the disk fills down to the reserve: what came is a recording, and said to be cut", async (t) => {
	const config = { minFreeSpaceMb: 2 };
	const disk = await scenarioOnDisk(t, "size=6m", { recordings: 0, config });
	if (disk === null) return;
	const outcome = await onwax(disk.scenario, ["import", "-", "--no-wait"], { stdin: recorded });
	assert.equal(outcome.exitCode, 1, outcome.stderr);
	assert.match(outcome.stderr, /cut short/);
	const kept = told(outcome, "kept");
	assert.equal(kept.length, 1);
	assert.ok((await assertBeginning(disk.scenario)) > 2_000_000);
	await checkLibrary(disk.scenario, { present: hashesOf(kept) });
});

test("standard input, when the disk is full to the last byte: what came waits for `recover`, and is said to", async (t) => {
	const disk = await scenarioOnDisk(t, "size=3m", { recordings: 0 });
	if (disk === null) return;
	const { scenario } = disk;
	const outcome = await onwax(scenario, ["import", "-", "--no-wait"], { stdin: recorded });
	assert.equal(outcome.exitCode, 1, outcome.stderr);
	assert.match(outcome.stderr, /[kM]B that came are on disk/);
	assert.match(outcome.stderr, /onwax recover/);
	disk.mounts.remount(disk.disk, space.enough);
	const recovered = await onwax(scenario, ["recover"]);
	assert.equal(recovered.exitCode, 0, recovered.stderr);
	assert.ok((await assertBeginning(scenario)) > 2_000_000);
	await checkLibrary(scenario, { present: [] });
});

test("after a crash on a disk that is full, listing and searching still work", async (t) => {
	const disk = await scenarioOnDisk(t, "size=4m", { recordings: 2 });
	if (disk === null) return;
	const { scenario } = disk;
	assert.equal((await onwax(scenario, ["import", scenario.inputs])).exitCode, 0);
	const env = { ONWAX_FAULT: "kill:40" };
	const killed = await onwax(scenario, ["import", "-"], { env, stdin: recorded });
	assert.equal(killed.signal, "SIGKILL", killed.stderr);
	const filler = join(disk.disk, "filler");
	await writeFile(filler, Buffer.alloc(8_000_000)).catch(() => undefined);
	for (const args of [["list"], ["search", "country"]]) {
		const read = await onwax(scenario, args);
		assert.equal(read.exitCode, 0, read.stderr);
		assert.equal(read.lines.length, 2);
	}
	await rm(filler);
	await checkLibrary(scenario, { present: (await inputHashes(scenario)).keys() });
});
