import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { openTempApp } from "../../test/temp-app.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { exampleWav, folderOf } from "../../test/transcribed-recording.ts";
import { readAttempts } from "../archive/error-file.ts";
import { readTranscript } from "../archive/transcript-file.ts";
import { suggestSettings } from "./migrate/old-config.ts";
import { timeOf } from "./migrate/old-json.ts";
import { findOldLibraries, migrateLibrary } from "./migrate.ts";
import type { App } from "./open-app.ts";
import { validateRecordings } from "./validate.ts";

async function write(root: string, files: Record<string, string | Buffer | object>): Promise<void> {
	for (const [file, content] of Object.entries(files)) {
		const path = join(root, file);
		await mkdir(dirname(path), { recursive: true });
		const isBytes = typeof content === "string" || Buffer.isBuffer(content);
		await writeFile(path, isBytes ? content : JSON.stringify(content));
	}
}

/** Content, time and permissions of everything below a folder. */
async function fingerprint(root: string): Promise<string[]> {
	const found: string[] = [];
	for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
		const path = join(entry.parentPath, entry.name);
		const { mtimeMs, ctimeMs, mode } = await stat(path);
		const content = entry.isFile() ? await readFile(path) : "";
		const hash = createHash("sha256").update(content).digest("hex");
		found.push([path, mtimeMs, ctimeMs, mode, hash].join(" "));
	}
	const { mtimeMs, ctimeMs } = await stat(root);
	return [...found.sort(), `${mtimeMs} ${ctimeMs}`];
}

async function migrate(app: App, path: string) {
	const outcomes: string[] = [];
	const report = await migrateLibrary(app, path, {
		signal: new AbortController().signal,
		onOutcome: (outcome) => outcomes.push(`${outcome.kind} ${outcome.shown}`),
	});
	const { kept, known, passed, refused, suggestions } = report;
	return { counts: { kept, known, passed, refused }, suggestions, outcomes };
}

async function all(app: App) {
	const page = await app.library.catalogue.list({ limit: 100 });
	return page.recordings;
}

async function oldLibrary(root: string): Promise<void> {
	await write(root, {
		"config.json": { keep_success: false, retention: { success_days: 7, failed_days: 30 } },
		"pending/2024-03-04_05-06-07.000001_abc123/audio.wav": exampleWav(1),
		"success/one/audio.wav": exampleWav(2),
		"success/one/metadata.json": {
			timestamp: "2024-01-02T03:04:05Z",
			title: "first",
			engine: "openai",
			model: "whisper-1",
			latency: 1.5,
			attempts: 2,
		},
		"success/one/transcript.json": {
			text: "as it was said",
			segments: [{ start: 0, end: 0.05, text: "as it was said" }],
		},
		"success/one/transcript.txt": "as it was written\n",
		"failed/two/audio.wav": exampleWav(3),
		"failed/two/error.json": {
			attempts: [
				{ timestamp: "2024-01-02T03:04:05Z", error: "429 Too Many Requests", status: 429 },
			],
		},
		"failed/nothing-here/metadata.json": {},
		"success/flat.wav": exampleWav(4),
		"success/flat.txt": "flat text",
	});
}

test("an old library is taken over whole, and nothing in it is changed even where it is read-only", async (t) => {
	const app = await openTempApp(t);
	const root = await tempFolder(t);
	await oldLibrary(root);
	for (const folder of ["success/one", "success", "pending", "failed"])
		await chmod(join(root, folder), 0o500);
	const before = await fingerprint(root);
	const { counts, suggestions } = await migrate(app, root);
	assert.deepEqual(await fingerprint(root), before);
	assert.deepEqual(counts, { kept: 4, known: 0, passed: 1, refused: 0 });
	assert.deepEqual(
		suggestions.map(({ key, value }) => `${key}=${value}`),
		["keepSuccess=false", "retention.successDays=7", "retention.failedDays=30"],
	);
	const again = await migrate(app, root);
	assert.deepEqual(again.counts, { kept: 0, known: 4, passed: 1, refused: 0 });
	assert.deepEqual(await fingerprint(root), before);
	for (const folder of ["success/one", "success", "pending", "failed"])
		await chmod(join(root, folder), 0o700);
});

test("times, states, texts and failures come along, and the result is valid", async (t) => {
	const app = await openTempApp(t);
	const root = await tempFolder(t);
	await oldLibrary(root);
	await migrate(app, root);
	const recordings = await all(app);
	const named = (title: string) => recordings.find((one) => one.metadata.title === title);
	const first = named("first");
	assert.ok(first);
	assert.match(first.metadata.name, /^2024-01-02_03-04-05\.000000_/);
	assert.deepEqual(first.transcript, {
		text: "as it was written",
		originalText: "as it was said",
	});
	const { state, transcription } = first.metadata;
	assert.equal(state, "success");
	assert.deepEqual(
		[
			transcription?.engine,
			transcription?.model,
			transcription?.attempts,
			transcription?.latencySeconds,
		],
		["imported", "openai/whisper-1", 2, 1.5],
	);
	const transcript = await readTranscript(await folderOf(app.library, first.metadata.name));
	assert.deepEqual([transcript?.segments.length, transcript?.edit?.text], [1, "as it was written"]);
	const failed = recordings.find((one) => one.metadata.state === "failed");
	assert.equal(failed?.metadata.error?.message, "429 Too Many Requests");
	const attempts = await readAttempts(await folderOf(app.library, failed?.metadata.name ?? ""));
	assert.equal(attempts[0]?.httpStatus, 429);
	const pending = recordings.find((one) => one.metadata.state === "pending");
	assert.match(pending?.metadata.name ?? "", /^2024-03-04_05-06-07/);
	const jobs = await app.library.catalogue.db.selectFrom("jobs").select("recording").execute();
	assert.deepEqual(
		jobs.map(({ recording }) => recording),
		[pending?.metadata.name],
	);
	const report = await validateRecordings(app, {
		names: "all",
		repair: false,
		signal: new AbortController().signal,
		onFinding() {},
		onProgress() {},
	});
	assert.deepEqual([report.recordings, report.findings], [4, []]);
});

test("a database of recordings is read without anything appearing beside it; paths are confined", async (t) => {
	const app = await openTempApp(t);
	const root = await tempFolder(t);
	const outside = await tempFolder(t);
	await write(root, { "lib/audio/a.wav": exampleWav(1), "secret.wav": exampleWav(2) });
	await write(outside, { "b.wav": exampleWav(3) });
	const lib = join(root, "lib");
	await symlink(join(root, "secret.wav"), join(lib, "link.wav"));
	const database = new DatabaseSync(join(lib, "recordings.db"));
	database.exec("PRAGMA journal_mode = WAL");
	database.exec("CREATE TABLE recordings (id, filename, title, duration, created_at, file_path)");
	const insert = database.prepare("INSERT INTO recordings VALUES (1, ?, ?, 0.1, ?, ?)");
	insert.run("a.wav", "inside", "2023-05-06 07:08:09", "audio/a.wav");
	insert.run("b.wav", "absolute", 1_683_356_889, join(outside, "b.wav"));
	insert.run("secret.wav", "out", null, "../secret.wav");
	insert.run("link.wav", "link", null, "link.wav");
	insert.run("gone.wav", "gone", null, "audio/gone.wav");
	// Still open: what was inserted lies in the WAL.
	const whileOpen = await fingerprint(root);
	assert.deepEqual((await migrate(app, lib)).counts, { kept: 2, known: 0, passed: 0, refused: 3 });
	assert.deepEqual(await fingerprint(root), whileOpen);
	database.close();
	const before = await fingerprint(root);
	const again = await migrate(app, join(lib, "recordings.db"));
	assert.deepEqual(again.counts, { kept: 0, known: 2, passed: 0, refused: 3 });
	assert.deepEqual(await fingerprint(root), before);
	const titles = (await all(app)).map(({ metadata }) => [metadata.title, metadata.createdAt]);
	assert.deepEqual(titles.sort(), [
		["absolute", "2023-05-06T07:08:09.000000Z"],
		["inside", "2023-05-06T07:08:09.000000Z"],
	]);
});

test("old libraries are found in the home and data folders, and nothing else is offered", async (t) => {
	const homeDir = await tempFolder(t);
	const data = join(homeDir, "data");
	const env = { XDG_DATA_HOME: data };
	assert.deepEqual(await findOldLibraries({ env, homeDir }), []);
	await write(homeDir, { ".dictation/notes.txt": "no library" });
	await write(data, { "dictation/failed/x/audio.wav": "", "dictation/config.json": "{}" });
	assert.deepEqual(await findOldLibraries({ env, homeDir }), [
		{ path: join(data, "dictation"), hasConfig: true },
	]);
	await mkdir(join(homeDir, ".dictation/pending"));
	assert.equal((await findOldLibraries({ env, homeDir })).length, 2);
});

test("what is no library is refused with a hint, and so is the library itself", async (t) => {
	const app = await openTempApp(t);
	const folder = await tempFolder(t);
	await assert.rejects(migrate(app, folder), { code: "ERR_NOT_FOUND", hint: /onwax import/ });
	await assert.rejects(migrate(app, join(folder, "nowhere")), { code: "ERR_NOT_FOUND" });
	await assert.rejects(migrate(app, app.library.layout.data), { code: "ERR_USAGE" });
});

test("old settings with a counterpart are suggested, however they are spelled and nested", async (t) => {
	const root = await tempFolder(t);
	await write(root, {
		"config.json": {
			retentionDays: { success: 14, failed: "soon" },
			compression: "opus",
			retry: { attempts: 5, delays: [1, 2] },
			minFreeSpaceMb: 50,
			autoCleanup: true,
			theme: "dark",
		},
	});
	assert.deepEqual(
		(await suggestSettings(root)).map(({ key, value }) => `${key}=${value}`),
		[
			"retention.successDays=14",
			"compress=opus",
			"retry.maxAttempts=5",
			"retry.delaysSeconds=1,2",
			"minFreeSpaceMb=50",
			"autoCleanup=true",
		],
	);
});

test("times are read in the shapes that programs write, and impossible ones are no times", () => {
	const expected = "2024-01-02T03:04:05.000Z";
	for (const written of [
		"2024-01-02T03:04:05Z",
		"2024-01-02T05:04:05+02:00",
		"2024-01-02 03:04:05",
		"2024-01-02_03-04-05.000001_abc123",
		"20240102_030405",
		1_704_164_645,
		1_704_164_645_000,
	])
		assert.equal(timeOf(written)?.toISOString(), expected, String(written));
	for (const wrong of ["memo", "", null, -5, "9999-01-01", "2024-13-40", {}])
		assert.equal(timeOf(wrong), null, String(wrong));
});
