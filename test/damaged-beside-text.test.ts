import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { compareLayers } from "../src/app/compare.ts";
import { editRecording } from "../src/app/edit.ts";
import { importPaths } from "../src/app/import.ts";
import type { App } from "../src/app/open-app.ts";
import { retryRecording, transcribeAnew } from "../src/app/retry.ts";
import { runJobs } from "../src/app/run-jobs.ts";
import { nameSpeakers, speakersOf } from "../src/app/speakers.ts";
import { validateRecordings } from "../src/app/validate.ts";
import { readMetadata } from "../src/archive/metadata-file.ts";
import { prepareTranscript, readTranscript } from "../src/archive/transcript-file.ts";
import { chatFilename } from "../src/chat/chat-file.ts";
import type { Config } from "../src/config/defaults.ts";
import { prepareFile } from "../src/durable/prepared-file.ts";
import { OnwaxError } from "../src/errors.ts";
import { changeRecording } from "../src/library/change.ts";
import type { Finding } from "../src/library/finding.ts";
import { originalSha256, type Recording } from "../src/recording.ts";
import { assignSpeakers } from "../src/speakers/assign-speakers.ts";
import { prepareSpeakers } from "../src/speakers/speakers-file.ts";
import { openTempApp } from "./temp-app.ts";
import { tempFolder } from "./temp-folder.ts";
import { exampleWav, folderOf } from "./transcribed-recording.ts";
import { makeVoiceModels } from "./voice-models.ts";

const signal = new AbortController().signal;
const said = "shall we begin yes the budget first good go on";
const words = said.split(" ").map((word, i) => ({ word, start: i / 100, end: (i + 0.8) / 100 }));
const turns = [
	{ speaker: "S1", startSeconds: 0, endSeconds: 0.029 },
	{ speaker: "S2", startSeconds: 0.03, endSeconds: 0.069 },
	{ speaker: "S1", startSeconds: 0.07, endSeconds: 0.1 },
];
const labelled = ["Anna: shall we begin", "S2: yes the budget first", "Anna: good go on"];

/** A recording that engine `one` heard, with what a chat model made of it, and who says what. */
async function talk(t: TestContext, settings: Partial<Config> = {}) {
	const folder = await tempFolder(t);
	const engine = async (name: string, timed: object[]) => {
		const path = join(folder, `${name}.mjs`);
		const answer = JSON.stringify({ text: said, segments: timed });
		await writeFile(path, `process.stdout.write(${JSON.stringify(answer)})`);
		return { type: "command", command: [process.execPath, path, "{audio}"], output: "json" };
	};
	const engines = {
		one: await engine("one", [{ text: said, start: 0, end: 0.1, words }]),
		two: await engine(
			"two",
			words.map(({ word, ...at }) => ({ text: word, ...at })),
		),
	};
	const app = await openTempApp(t, {
		...{ compress: "none", peaks: false, coverage: { enabled: false, askAgain: false } },
		...{ engine: "two", engines: engines as unknown as Config["engines"] },
		...settings,
	});
	const path = join(folder, "talk.wav");
	await writeFile(path, exampleWav(1));
	await importPaths(app, [path], { title: null, tags: [], signal, onOutcome() {} });
	const { recordings } = await app.library.catalogue.list({ limit: 1 });
	const name = recordings[0]?.metadata.name ?? "";
	const work = () => runJobs(app, { scope: [name], signal, onAttemptFailed() {} });
	await transcribeAnew(app, name, "one");
	await work();
	await changeRecording(app.library, name, async ({ folder, metadata }) => {
		const before = (await readTranscript(folder)) ?? assert.fail();
		const segments = assignSpeakers(before.segments, turns);
		const written = await prepareTranscript(folder, {
			...{ ...before, segments },
			speakerNames: { S1: "Anna" },
		});
		const files = {
			...{ ...metadata.files, ...written },
			"speakers.json": await prepareSpeakers(folder, {
				...{ format: 1, sourceSha256: originalSha256(metadata) },
				...{ models: { segmentation: "a", embedding: "b" }, count: null, turns },
			}),
			[chatFilename]: await prepareFile(folder, chatFilename, '{"format":1,"results":{}}'),
		};
		return { fields: { files } };
	});
	const place = await folderOf(app.library, name);
	return { app, name, folder: place, work };
}

async function recordingOf(app: App, name: string): Promise<Recording> {
	return (await app.library.catalogue.get(name)) ?? assert.fail(`no ${name}`);
}

async function heard(folder: string): Promise<string[]> {
	const { segments, speakerNames = {} } = (await readTranscript(folder)) ?? assert.fail();
	return segments.map(({ speaker = "", text }) => `${speakerNames[speaker] ?? speaker}: ${text}`);
}

async function repair(app: App): Promise<Finding[]> {
	const options = { names: "all", repair: true, signal, onFinding() {}, onProgress() {} } as const;
	return (await validateRecordings(app, options)).findings;
}

async function breakByte(path: string): Promise<string> {
	const bytes = await readFile(path);
	bytes[3] = 0;
	await writeFile(path, bytes);
	return bytes.toString();
}

async function queuedJobs(app: App): Promise<string[]> {
	const jobs = app.library.catalogue.db.selectFrom("jobs").selectAll();
	const rows = await jobs.where("state", "=", "queued").execute();
	return rows.map(({ kind, parameters }) => `${kind} ${parameters}`);
}

/** The kept bytes of a damaged file, by way of metadata.json: each one is listed. */
async function keptBytes(folder: string, file: string): Promise<string[]> {
	const { files } = await readMetadata(folder);
	const kept = Object.keys(files).filter((one) => one.startsWith(`${file}.damaged-`));
	return Promise.all(kept.map((one) => readFile(join(folder, one), "utf8")));
}

test("who speaks when survives the damage of its file, through every change of the text", async (t) => {
	for (const isRepaired of [true, false]) {
		const { app, name, folder, work } = await talk(t);
		assert.deepEqual(await heard(folder), labelled);
		const bytes = await breakByte(join(folder, "speakers.json"));
		if (isRepaired) {
			const [one, ...others] = await repair(app);
			assert.deepEqual([one?.file, one?.repaired, others], ["speakers.json", true, []]);
			assert.doesNotMatch(one?.hint ?? "", /is made again/);
			assert.match(one?.hint ?? "", /onwax speakers .* kept as speakers\.json\.damaged-/);
			assert.deepEqual(await keptBytes(folder, "speakers.json"), [bytes]);
			assert.deepEqual(await queuedJobs(app), []);
		}
		await editRecording(app, name, { text: said.replace("budget", "Budget") });
		await editRecording(app, name, { undoEdit: true });
		assert.deepEqual(await heard(folder), labelled);
		await transcribeAnew(app, name, "two");
		await work();
		assert.deepEqual(
			(await heard(folder)).map((line) => line.split(":")[0]),
			[..."AAASSSSAAA"].map((one) => (one === "A" ? "Anna" : "S2")),
		);
		const found = await app.library.catalogue.search("speaker:anna", { limit: 9 });
		assert.equal(found.length, 1);
		await nameSpeakers(app, name, new Map([["S2", "Ben"]]));
		const told = await speakersOf(app, await recordingOf(app, name));
		assert.equal(told?.file, null);
		assert.deepEqual(
			told?.speakers.map(({ label, name }) => [label, name]),
			[
				["S1", "Anna"],
				["S2", "Ben"],
			],
		);
	}
});

test("labels stay where transcript.json and speakers.json are damaged at once, if one can be read", async (t) => {
	const { app, folder } = await talk(t);
	await breakByte(join(folder, "speakers.json"));
	const path = join(folder, "transcript.json");
	await writeFile(path, `${await readFile(path, "utf8")} `);
	assert.ok((await repair(app)).every((one) => one.repaired));
	assert.deepEqual(await heard(folder), labelled);
});

test("a file of nobody is not the same as no file: turns that are empty take labels away", async (t) => {
	const { app, name, folder } = await talk(t);
	await changeRecording(app.library, name, async ({ metadata }) => {
		const facts = await prepareSpeakers(folder, {
			...{ format: 1, sourceSha256: originalSha256(metadata) },
			...{ models: { segmentation: "a", embedding: "b" }, count: null, turns: [] },
		});
		return { fields: { files: { ...metadata.files, "speakers.json": facts } } };
	});
	await editRecording(app, name, { text: "something else" });
	assert.deepEqual(
		(await heard(folder)).map((line) => line.split(":")[0]),
		[""],
	);
});

test("with the models here, damaged speakers.json is made again, and the repair says so", async (t) => {
	const { app, folder } = await talk(t);
	await makeVoiceModels(app.library.layout.models);
	const bytes = await breakByte(join(folder, "speakers.json"));
	const [one] = await repair(app);
	assert.match(one?.hint ?? "", /is made again/);
	assert.deepEqual(await queuedJobs(app), ["speakers {}"]);
	assert.deepEqual(await keptBytes(folder, "speakers.json"), [bytes]);
});

test("what a chat model made is kept when damaged, and no service is asked unless that is on", async (t) => {
	const { app, name, folder } = await talk(t);
	const bytes = await breakByte(join(folder, chatFilename));
	const [one] = await repair(app);
	assert.match(one?.hint ?? "", new RegExp(`onwax summarise ${name}. has it made again`));
	assert.deepEqual(await keptBytes(folder, chatFilename), [bytes]);
	assert.ok(!(await readdir(folder)).includes(chatFilename));
	assert.deepEqual(await queuedJobs(app), []);
	assert.deepEqual(await repair(app), []);
});

test("a file that somebody puts back after a repair is not taken for a leftover", async (t) => {
	const { app, folder } = await talk(t);
	const whole = await readFile(join(folder, chatFilename));
	await breakByte(join(folder, chatFilename));
	await repair(app);
	await writeFile(join(folder, chatFilename), whole);
	await repair(app);
	assert.deepEqual(await readFile(join(folder, chatFilename)), whole);
});

test("where what the engine said is lost, everything says what helps, and that does help", async (t) => {
	const { app, name, folder, work } = await talk(t);
	const lost = (await readTranscript(folder))?.engineFile ?? "";
	await transcribeAnew(app, name, "two");
	await work();
	await transcribeAnew(app, name, "one");
	await work();
	for (const file of await readdir(folder)) {
		if (/^engine\..*\.json$/.test(file)) await rm(join(folder, file));
	}
	const texts = await heard(folder);
	const damaged = await failure(() => editRecording(app, name, { text: "a new text" }));
	assert.match(damaged.hint ?? "", /onwax validate \S+ --repair.*onwax retry/);
	const findings = await repair(app);
	const hints = findings.map(({ file, repaired, hint }) => [file === lost, repaired, hint]);
	const own = hints.find(([isOwn]) => isOwn);
	assert.match(String(own?.[2]), /was missing.*is lost/);
	const left = findings.filter(({ repaired }) => !repaired);
	assert.deepEqual(
		left.map(({ kind, file }) => [kind, file]),
		[["transcript-stale", "transcript.json"]],
	);
	assert.match(left[0]?.hint ?? "", /onwax retry/);
	assert.deepEqual(await queuedJobs(app), ['transcribe {"engine":"one"}']);
	const change = await failure(() => editRecording(app, name, { text: "a new text" }));
	assert.match(change.hint ?? "", /^Nothing was changed\. .onwax retry/);
	const { layout } = app.library;
	const recording = await recordingOf(app, name);
	const anyTwo = { from: null, to: null, isExact: null };
	const none = await failure(() => compareLayers(layout, recording, anyTwo));
	assert.match(`${none.message} ${none.hint}`, /is lost\..*onwax retry/);
	const named = { ...anyTwo, from: "three", to: "text" };
	const other = await failure(() => compareLayers(layout, recording, named));
	assert.equal(other.hint, "There is: text.");
	await retryRecording(app, name);
	assert.deepEqual(await queuedJobs(app), ['transcribe {"engine":"one"}']);
	await work();
	assert.deepEqual(await repair(app), []);
	assert.equal((await readTranscript(folder))?.engineFile, lost);
	assert.deepEqual(await heard(folder), texts);
	await assert.rejects(retryRecording(app, name), { code: "ERR_STATE" });
	await editRecording(app, name, { text: "a new text" });
});

async function failure(work: () => Promise<unknown>): Promise<OnwaxError> {
	try {
		await work();
	} catch (error) {
		if (error instanceof OnwaxError) return error;
		throw error;
	}
	return assert.fail("nothing failed");
}
