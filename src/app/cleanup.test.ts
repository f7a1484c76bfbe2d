import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { needs } from "../../test/outside-program.ts";
import { sampleRecording } from "../../test/sample-recording.ts";
import { openTempApp } from "../../test/temp-app.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { publishOne } from "../../test/temp-library.ts";
import type { Config, RetentionRule } from "../config/defaults.ts";
import { acquireLock } from "../durable/process-lock.ts";
import { changeRecording } from "../library/change.ts";
import { trashRecording } from "../library/remove.ts";
import type { Metadata } from "../recording.ts";
import { autoCleanup, cleanup } from "./cleanup.ts";
import { cleanupTimerUnits, installCleanupTimer } from "./cleanup-timer.ts";
import type { App } from "./open-app.ts";
import { configuredRetention, dueFor, keepForGood, retentionOf } from "./retention.ts";

const dayMs = 86_400_000;
const { signal } = new AbortController();
const inDays = (days: number) => new Date(Date.now() + days * dayMs);

async function publishAs(app: App, fields: Partial<Metadata>): Promise<string> {
	const name = await publishOne(app.library);
	await changeRecording(app.library, name, async () => ({ fields }));
	return name;
}

async function run(app: App, days: number, olderThanDays: number | null = null, dryRun = false) {
	return cleanup(app, { olderThanDays, dryRun, signal, now: inDays(days) });
}

function names(entries: { name: string }[]): string[] {
	return entries.map(({ name }) => name).sort();
}

async function shelvesOf(app: App): Promise<string[]> {
	const found: string[] = [];
	for await (const { shelf } of app.library.catalogue.shelves()) found.push(shelf);
	return found.sort();
}

test("the preset keep deletes nothing, however old, not even from the trash", async (t) => {
	const app = await openTempApp(t);
	await publishAs(app, { state: "success" });
	await trashRecording(app.library, await publishAs(app, { state: "failed" }));
	const report = await run(app, 250);
	assert.deepEqual([report.scanned, report.trashed, report.purged], [2, [], []]);
	assert.deepEqual(await shelvesOf(app), ["success", "trash"]);
});

test("the preset dictation trashes success after 7 days and failed after 30, and never what waits", async (t) => {
	const app = await openTempApp(t, { retention: "dictation" });
	const success = await publishAs(app, { state: "success" });
	const failed = await publishAs(app, { state: "failed" });
	await publishAs(app, { state: "pending" });
	await publishAs(app, { state: "success", archived: true });
	await publishAs(app, { state: "success", retention: "keep" });
	assert.deepEqual(names((await run(app, 6.9)).trashed), []);
	assert.deepEqual(names((await run(app, 7.1)).trashed), [success]);
	assert.deepEqual(names((await run(app, 30.1)).trashed), [failed]);
	const purged = await run(app, 37.2);
	assert.deepEqual(names(purged.purged), [success]);
	assert.ok(purged.bytesFreed >= 1000);
	assert.deepEqual(await shelvesOf(app), ["pending", "success", "success", "trash"]);
});

test("a dry run says the same and changes nothing", async (t) => {
	const app = await openTempApp(t, { retention: "service" });
	const name = await publishAs(app, { state: "success" });
	const dry = await run(app, 1.1, null, true);
	assert.deepEqual(names(dry.trashed), [name]);
	assert.deepEqual(await shelvesOf(app), ["success"]);
	assert.deepEqual(await run(app, 1.1), dry);
	assert.deepEqual(await shelvesOf(app), ["trash"]);
});

test("before a purge the catalogue and what is about to go are written to backups/", async (t) => {
	const app = await openTempApp(t, { retention: "service" });
	const name = await publishAs(app, { state: "success", title: "gone soon" });
	await run(app, 1.1);
	await run(app, 2.2);
	const { backups } = app.library.layout;
	const kept = (await readdir(backups)).filter((file) => file.startsWith("before-purge-")).sort();
	assert.deepEqual(
		kept.map((file) => file.replace(/^before-purge-[^a-z]*Z/, "")),
		["-library.db", ".jsonl"],
	);
	const [line] = (await readFile(join(backups, kept[1] ?? ""), "utf8")).split("\n");
	const { name: written, title } = JSON.parse(line ?? "");
	assert.deepEqual([written, title], [name, "gone soon"]);
});

test("a clock that is wrong by a year, either way, deletes nothing", async (t) => {
	const app = await openTempApp(t, { retention: "dictation" });
	await publishAs(app, { state: "success" });
	const refused = { code: "ERR_STATE", message: /Nothing was deleted/ };
	for (const days of [-365, 365]) await assert.rejects(run(app, days), refused);
	await run(app, 0);
	for (const days of [-365, 365]) await assert.rejects(run(app, days), refused);
	// Made by the leapt clock itself: no evidence for it.
	const events = [{ at: inDays(365).toISOString(), kind: "test", message: "later" }];
	await publishAs(app, { state: "success", events });
	await assert.rejects(run(app, 365), refused);
	assert.deepEqual(await shelvesOf(app), ["success", "success"]);
	await rm(join(app.library.layout.backups, "cleanup-state.json"));
	assert.equal((await run(app, 365)).trashed.length, 1);
});

test("while another bulk operation holds the lock, cleanup refuses and the automatic one passes", async (t) => {
	const app = await openTempApp(t, { retention: "service", autoCleanup: true });
	const lock = await acquireLock(app.library.layout.bulkLock);
	await assert.rejects(run(app, 0), { code: "ERR_LIBRARY_BUSY", retryable: true });
	assert.equal(await autoCleanup(app, signal), null);
	lock?.release();
	assert.equal((await autoCleanup(app, signal))?.scanned, 0);
	assert.equal(await autoCleanup(await openTempApp(t), signal), null);
});

test("a retention that cannot be understood keeps the recording and says so", async (t) => {
	const app = await openTempApp(t, { retention: "service" });
	const name = await publishAs(app, { state: "success", retention: "for ever and a day" });
	const report = await run(app, 100);
	assert.deepEqual([names(report.errors), report.trashed], [[name], []]);
});

test("--older-than takes the place of the ages; an own retention goes before it", async (t) => {
	const app = await openTempApp(t);
	const success = await publishAs(app, { state: "success" });
	const own = await publishAs(app, { state: "success", retention: "10d" });
	assert.deepEqual(names((await run(app, 7.1, 7)).trashed), [success]);
	assert.deepEqual(names((await run(app, 10.1, 7)).trashed), [own]);
	await assert.rejects(run(app, 1, -1), { code: "ERR_USAGE" });
});

test("no rule and no moment takes what waits, is archived, or is kept by its own word", () => {
	const days = fc.option(fc.integer({ min: 0, max: 400 }), { nil: undefined });
	const rule: fc.Arbitrary<RetentionRule> = fc.record({
		successDays: days,
		failedDays: days,
		trashDays: days,
		hours: days,
	});
	const settings = fc.record({
		retention: fc.oneof(fc.constantFrom("keep", "dictation", "service"), rule),
		keepSuccess: fc.boolean(),
	}) as fc.Arbitrary<Pick<Config, "retention" | "keepSuccess">>;
	const ofRecording = fc.constantFrom<Partial<Metadata>>(
		{ state: "pending" },
		{ state: "success", archived: true },
		{ state: "success", retention: "keep" },
		{ state: "failed", deletedAt: "2026-02-01T00:00:00.000Z", retention: "keep" },
	);
	const age = fc.integer({ min: -1e6, max: 1e6 });
	fc.assert(
		fc.property(settings, ofRecording, age, days, (config, fields, hours, olderThan) => {
			const metadata = { ...sampleRecording(1).metadata, ...fields };
			const retention = retentionOf(metadata, configuredRetention(config, olderThan ?? null));
			const now = new Date(Date.UTC(2026, 1, 1) + hours * 3_600_000);
			assert.equal(dueFor(metadata, retention ?? keepForGood, now), null);
		}),
	);
});

test("keepSuccess: false lets go of successful recordings at the next cleanup", () => {
	const retention = configuredRetention({ retention: "keep", keepSuccess: false }, null);
	assert.deepEqual(retention, { successHours: 0, failedHours: null, trashHours: 720 });
	const own = configuredRetention(
		{ retention: { hours: 12, failedDays: 2 }, keepSuccess: true },
		null,
	);
	assert.deepEqual(own, { successHours: 12, failedHours: 48, trashHours: 720 });
});

test("the timer's units are written for this user and quoted for systemd", async (t: TestContext) => {
	const homeDir = await tempFolder(t);
	const command = ["/usr/bin/env", "/opt/with space/100%/onwax"];
	const { service, timer, enable } = await installCleanupTimer({ command, env: {}, homeDir });
	assert.equal(service, join(homeDir, ".config/systemd/user/onwax-cleanup.service"));
	const text = await readFile(service, "utf8");
	assert.match(text, /^ExecStart=\/usr\/bin\/env "\/opt\/with space\/100%%\/onwax" cleanup$/m);
	assert.match(await readFile(timer, "utf8"), /^OnCalendar=daily$/m);
	assert.match(enable, /enable --now onwax-cleanup\.timer/);
	const env = { XDG_CONFIG_HOME: join(homeDir, "xdg") };
	const elsewhere = await installCleanupTimer({ command, env, homeDir });
	assert.equal(elsewhere.timer, join(homeDir, "xdg/systemd/user/onwax-cleanup.timer"));
	assert.throws(() => cleanupTimerUnits(["onwax"]), { code: "ERR_USAGE" });
});

test("systemd itself accepts the timer's units", async (t) => {
	if (!needs(t, "systemd-analyze", "systemd")) return;
	const homeDir = await tempFolder(t);
	const units = await installCleanupTimer({ command: ["/usr/bin/env"], env: {}, homeDir });
	execFileSync("systemd-analyze", ["verify", "--user", units.service, units.timer], {
		env: { ...process.env, XDG_RUNTIME_DIR: homeDir },
		stdio: "pipe",
	});
});
