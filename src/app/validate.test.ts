import assert from "node:assert/strict";
import { mkdir, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openTempApp } from "../../test/temp-app.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { publishOne } from "../../test/temp-library.ts";
import {
	exampleWav,
	folderOf,
	publishTranscribed,
	readText,
} from "../../test/transcribed-recording.ts";
import { shelfFolder } from "../archive/layout.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { importPaths } from "./import.ts";
import type { App } from "./open-app.ts";
import { runJobs } from "./run-jobs.ts";
import { type ValidateReport, validateRecordings } from "./validate.ts";

const { signal } = new AbortController();

async function validate(
	app: App,
	repair = false,
	names: string[] | "all" = "all",
): Promise<ValidateReport> {
	const told: unknown[] = [];
	const report = await validateRecordings(app, {
		names,
		repair,
		signal,
		onFinding: (finding) => told.push(finding),
		onProgress: (done, total) => assert.ok(done <= total),
	});
	assert.deepEqual(told, report.findings);
	return report;
}

function kindsOf({ findings }: ValidateReport): string[] {
	return findings.map(({ kind, file }) => (file === null ? kind : `${kind} ${file}`)).sort();
}

/** A recording that was imported, transcribed and compressed by the program itself. */
async function transcribedApp(t: TestContext) {
	const command = [process.execPath, "-p", "'hello wax'", "{audio}"];
	const app = await openTempApp(t, { engines: { echo: { type: "command", command } } });
	const folder = await tempFolder(t);
	await writeFile(join(folder, "memo.wav"), exampleWav(1));
	let name = "";
	const onOutcome = (outcome: { kind: string; metadata?: { name: string } }) => {
		name = outcome.metadata?.name ?? "";
	};
	await importPaths(app, [folder], { title: null, tags: [], signal, onOutcome });
	const work = () => runJobs(app, { scope: [name], signal, onAttemptFailed() {} });
	await work();
	return { app, name, work };
}

test("what the program makes of a recording is valid; what is lost of it is made again", async (t) => {
	const { app, name, work } = await transcribedApp(t);
	assert.deepEqual(kindsOf(await validate(app)), []);
	const folder = await folderOf(app.library, name);
	const engineFile = (await readdir(folder)).find((file) => file.startsWith("engine.")) ?? "";
	await truncate(join(folder, engineFile), 5);
	await rm(join(folder, "transcript.json"));
	await writeFile(
		join(folder, "peaks.bin"),
		Buffer.alloc((await readMetadata(folder)).files["peaks.bin"]?.sizeBytes ?? 0),
	);
	const damaged = [
		"corrupt-file peaks.bin",
		"missing-file transcript.json",
		`size-differs ${engineFile}`,
	];
	assert.deepEqual(
		kindsOf(await validate(app)).filter((kind) => !kind.startsWith("catalogue")),
		damaged.sort(),
	);
	const repaired = await validate(app, true);
	assert.ok(repaired.findings.every((one) => one.repaired));
	await work();
	assert.deepEqual(kindsOf(await validate(app)), []);
	assert.equal(await readText(await folderOf(app.library, name), "transcript.txt"), "hello wax\n");
	assert.ok((await app.library.catalogue.get(name))?.metadata.files["peaks.bin"]);
});

test("metadata.json and catalogue both lost: rebuilt by looking into the FLAC", async (t) => {
	const { app, name } = await transcribedApp(t);
	const folder = await folderOf(app.library, name);
	const before = await readMetadata(folder);
	await rm(join(folder, "metadata.json"));
	await app.library.catalogue.remove([name]);
	assert.deepEqual(kindsOf(await validate(app)), ["metadata-damaged metadata.json"]);
	await validate(app, true);
	const { audio, audioFile, state } = await readMetadata(folder);
	assert.deepEqual([audio, audioFile, state], [before.audio, "audio.flac", "success"]);
});

test("all shelves are walked, strangers are named, and lost folders are found in the catalogue", async (t) => {
	const app = await openTempApp(t);
	const { library } = app;
	for (let i = 0; i < 5; i += 1) await publishTranscribed(library, exampleWav(i));
	const gone = await publishOne(library);
	await rm(await folderOf(library, gone), { recursive: true });
	await mkdir(join(shelfFolder(library.layout, "failed"), "holiday pictures"));
	const report = await validate(app);
	const stale = Array.from({ length: 5 }, () => "derived-stale peaks.bin");
	assert.deepEqual(kindsOf(report), [...stale, "missing-recording", "stranger"]);
	assert.equal(report.recordings, 6);
	assert.equal(report.files, 5 * 5);
	await validate(app, true);
	const jobs = await library.catalogue.db.selectFrom("jobs").select("kind").execute();
	assert.deepEqual(
		jobs.map(({ kind }) => kind),
		stale.map(() => "peaks"),
	);
	assert.deepEqual(kindsOf(await validate(app)), ["missing-recording", "stranger"]);
});

test("names that nobody knows and names that are none end in an error; an abort ends the work", async (t) => {
	const app = await openTempApp(t);
	const unknown = "2024-01-02_03-04-05.000000_abcdef";
	await assert.rejects(validate(app, false, [unknown]), { code: "ERR_NOT_FOUND" });
	await assert.rejects(validate(app, false, ["../../etc"]), { code: "ERR_NAME" });
	await publishOne(app.library);
	const options = { names: "all", repair: false, signal: AbortSignal.abort() } as const;
	const ignored = { onFinding() {}, onProgress() {} };
	await assert.rejects(validateRecordings(app, { ...options, ...ignored }), { name: "AbortError" });
});
