import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { applyToTexts } from "../src/app/apply-to-library.ts";
import { editRecording } from "../src/app/edit.ts";
import { importPaths } from "../src/app/import.ts";
import { addRule } from "../src/app/lexicon-rules.ts";
import type { App } from "../src/app/open-app.ts";
import { transcribeAnew } from "../src/app/retry.ts";
import { runJobs } from "../src/app/run-jobs.ts";
import { nameSpeakers, speakersOf, tellApart } from "../src/app/speakers.ts";
import { undoApplying } from "../src/app/undo-applying.ts";
import { readTranscript } from "../src/archive/transcript-file.ts";
import type { Config } from "../src/config/defaults.ts";
import { OnwaxError } from "../src/errors.ts";
import { changeRecording } from "../src/library/change.ts";
import { reindex } from "../src/library/reindex.ts";
import type { Recording } from "../src/recording.ts";
import { areSpeakersStale } from "../src/speakers/speakers-file.ts";
import type { SpeakerTurn, Speech } from "../src/speech/speech.ts";
import type { Transcript } from "../src/transcript.ts";
import { fakeSpeech } from "./counted-words.ts";
import { openTempApp } from "./temp-app.ts";
import { tempFolder } from "./temp-folder.ts";
import { exampleWav, folderOf } from "./transcribed-recording.ts";
import { makeVoiceModels } from "./voice-models.ts";

const signal = new AbortController().signal;

/** Ten words in one segment, a hundredth of a second each: the recording is a tenth of one. */
const said = "shall we begin yes the budget first good go on";
const words = said.split(" ").map((word, i) => ({ word, start: i / 100, end: (i + 0.8) / 100 }));

/** Anna says three words, Ben four, Anna the last three. */
const turns: SpeakerTurn[] = [
	{ speaker: 0, startSeconds: 0, endSeconds: 0.029 },
	{ speaker: 1, startSeconds: 0.03, endSeconds: 0.069 },
	{ speaker: 0, startSeconds: 0.07, endSeconds: 0.1 },
];

type Diarise = Speech["diarise"];

async function talkingApp(t: TestContext, diarise: Diarise, settings: Partial<Config> = {}) {
	const folder = await tempFolder(t);
	const engineNamed = async (name: string, answer: string) => {
		const path = join(folder, `${name}.mjs`);
		await writeFile(path, `process.stdout.write(${JSON.stringify(answer)})`);
		return {
			...{ type: "command", command: [process.execPath, path, "{audio}"] },
			output: answer.startsWith("{") ? "json" : "text",
		};
	};
	const timed = { text: said, segments: [{ text: said, start: 0, end: 0.1, words }] };
	const other = { ...timed, segments: words.map(({ word, ...at }) => ({ text: word, ...at })) };
	const temp = await openTempApp(t, {
		compress: "none",
		peaks: false,
		coverage: { enabled: false, askAgain: false },
		engine: "one",
		engines: {
			one: await engineNamed("one", JSON.stringify(timed)),
			two: await engineNamed("two", JSON.stringify(other)),
			untimed: await engineNamed("untimed", said),
		} as unknown as Config["engines"],
		...settings,
	});
	await makeVoiceModels(temp.library.layout.models);
	let asked = 0;
	const speech: Speech = {
		...fakeSpeech(),
		diarise: (...question) => {
			asked += 1;
			return diarise(...question);
		},
	};
	const app: App = { ...temp, speech };
	const path = join(folder, "talk.wav");
	await writeFile(path, exampleWav(1));
	await importPaths(app, [path], { title: "talk", tags: [], signal, onOutcome() {} });
	const { recordings } = await app.library.catalogue.list({ limit: 1 });
	const name = recordings[0]?.metadata.name ?? "";
	const work = async () => {
		await runJobs(app, { scope: [name], signal, onAttemptFailed() {} });
		await app.library.catalogue.db
			.updateTable("jobs")
			.set({ run_at: 0 })
			.where("state", "=", "queued")
			.execute();
	};
	return { app, name, work, asked: () => asked };
}

async function recordingOf(app: App, name: string): Promise<Recording> {
	return (await app.library.catalogue.get(name)) ?? assert.fail(`no ${name}`);
}

async function transcriptOf(app: App, name: string): Promise<Transcript> {
	return (await readTranscript(await folderOf(app.library, name))) ?? assert.fail("no text");
}

async function heard(app: App, name: string): Promise<string[]> {
	const { segments, speakerNames = {} } = await transcriptOf(app, name);
	return segments.map(({ speaker = "", text }) => `${speakerNames[speaker] ?? speaker}: ${text}`);
}

async function jobsOf(app: App): Promise<string[]> {
	const rows = await app.library.catalogue.db.selectFrom("jobs").selectAll().execute();
	return rows.map(({ kind, state }) => `${kind} ${state}`);
}

async function found(app: App, query: string): Promise<number> {
	return (await app.library.catalogue.search(query, { limit: 9 })).length;
}

const labelled = ["S1: shall we begin", "S2: yes the budget first", "S1: good go on"];
const named = labelled.map((line) => line.replace("S1", "Anna").replace("S2", "Ben"));
const names = new Map([
	["S1", "Anna"],
	["s2", "Ben"],
]);

test("after the text comes who says it, and the text is what it was", async (t) => {
	const { app, name, work } = await talkingApp(t, async () => turns);
	await work();
	assert.deepEqual(await heard(app, name), labelled);
	assert.deepEqual((await jobsOf(app)).sort(), ["speakers done", "transcribe done"]);
	const { text, originalText } = await transcriptOf(app, name);
	assert.deepEqual([text, originalText], [said, said]);
	const { metadata } = await recordingOf(app, name);
	assert.equal(metadata.state, "success");
	const folder = await folderOf(app.library, name);
	assert.equal(await readFile(join(folder, "transcript.txt"), "utf8"), `${said}\n`);
	const listed = Object.keys(metadata.files).sort();
	assert.deepEqual((await readdir(folder)).sort(), [...listed, "metadata.json"].sort());
	const writer = await app.library.writer();
	assert.deepEqual(
		(await readdir(writer.folder)).filter((file) => file.includes("speech")),
		[],
	);
});

test("whatever goes wrong with it, text and state stay, and nothing is tried for ever", async (t) => {
	for (const retryable of [false, true]) {
		const { app, name, work, asked } = await talkingApp(t, async () => {
			throw new OnwaxError("ERR_ENGINE", "It broke down.", { retryable });
		});
		const most = app.config.worker.maxDeliveries;
		for (let i = 0; i < most + 1; i += 1) await work();
		const { metadata, transcript } = await recordingOf(app, name);
		assert.deepEqual([metadata.state, metadata.error, transcript?.text], ["success", null, said]);
		assert.ok((await jobsOf(app)).includes("speakers parked"));
		assert.equal(asked(), retryable ? most : 1);
	}
});

test("what it does not need is not asked of it: no models, switched off, no times", async (t) => {
	const off = await talkingApp(t, async () => turns, { speakers: { enabled: false, count: null } });
	await off.work();
	assert.deepEqual(await jobsOf(off.app), ["transcribe done"]);
	const bare = await talkingApp(t, async () => turns);
	await rm(bare.app.library.layout.models, { recursive: true });
	await bare.work();
	assert.deepEqual(await jobsOf(bare.app), ["transcribe done"]);
	const untimed = await talkingApp(t, async () => turns, { engine: "untimed" });
	await untimed.work();
	assert.deepEqual((await jobsOf(untimed.app)).sort(), ["speakers done", "transcribe done"]);
	assert.equal(off.asked() + bare.asked() + untimed.asked(), 0);
});

test("names and labels survive another engine, an edit, its undoing, and lexicons", async (t) => {
	const { app, name, work, asked } = await talkingApp(t, async () => turns);
	await work();
	assert.equal(await nameSpeakers(app, name, names), true);
	assert.equal(await nameSpeakers(app, name, names), false);
	assert.deepEqual(await heard(app, name), named);
	const before = await transcriptOf(app, name);

	await editRecording(app, name, { text: said.replace("budget", "new budget") });
	assert.deepEqual(await heard(app, name), [named[0], "Ben: yes the new budget first", named[2]]);
	await editRecording(app, name, { undoEdit: true });
	assert.deepEqual(await transcriptOf(app, name), before);

	await addRule(app.library.layout.lexicons, "names", {
		from: "begin yes",
		to: "start, yes",
		kind: "words",
	});
	const telling = { onProgress() {}, onReapplied() {}, onLeft() {}, onFailed: assert.fail };
	await applyToTexts(app, [name], { dryRun: false, signal, ...telling });
	const corrected = await heard(app, name);
	assert.match(
		corrected.join(" "),
		/^Anna: shall we start.*Ben: .*the budget first Anna: good go on$/,
	);
	const undoing = { onProgress() {}, onRestored() {}, onFailed: assert.fail };
	await undoApplying(app, { dryRun: false, signal, ...undoing } as never);
	assert.deepEqual(await transcriptOf(app, name), before);

	await transcribeAnew(app, name, "two");
	await work();
	const { segments } = await transcriptOf(app, name);
	assert.ok(segments.length > 5, "a segment for each word");
	const order = segments.map(({ speaker }) => speaker);
	assert.deepEqual(
		order.filter((speaker, i) => speaker !== order[i - 1]),
		["S1", "S2", "S1"],
	);
	assert.equal(await found(app, "speaker:ben budget"), 1);
	assert.equal(asked(), 1, "the same audio is listened to once");
});

test("a catalogue that is built anew from the folders says the same of speakers", async (t) => {
	const { app, name, work } = await talkingApp(t, async () => turns);
	await work();
	await nameSpeakers(app, name, names);
	const dump = async () => {
		const all: unknown[] = [];
		for await (const one of app.library.catalogue.dump()) all.push(one);
		return all;
	};
	const before = await dump();
	assert.equal(await found(app, 'speaker:anna "good go"'), 1);
	assert.equal(await found(app, "speaker:anna budget"), 0);
	await app.library.catalogue.remove([name]);
	assert.equal(await found(app, "speaker:anna"), 0);
	await reindex(app.library);
	assert.deepEqual(await dump(), before);
	assert.equal(await found(app, 'speaker:anna "good go"'), 1);
	await nameSpeakers(app, name, new Map([["S1", null]]));
	assert.equal(await found(app, "speaker:anna"), 0);
	assert.equal(await found(app, "speaker:ben"), 1);
});

test("told apart anew, names go with the voices, and no segment stays cut that need not be", async (t) => {
	const one: SpeakerTurn[] = [{ speaker: 0, startSeconds: 0, endSeconds: 0.1 }];
	const counts: (number | null)[] = [];
	const { app, name, work } = await talkingApp(t, async (_models, _path, { count }) => {
		counts.push(count);
		if (count === 1) return one;
		// The other way round than before.
		return turns.map((turn) => ({
			...turn,
			speaker: counts.length > 2 ? 1 - turn.speaker : turn.speaker,
		}));
	});
	await work();
	await nameSpeakers(app, name, names);
	await tellApart(app, await recordingOf(app, name), 1, signal);
	assert.deepEqual(await heard(app, name), [`Anna: ${said}`]);
	await nameSpeakers(app, name, new Map([["S1", "Anna"]]));
	await tellApart(app, await recordingOf(app, name), 2, signal);
	assert.deepEqual(await heard(app, name), [
		"Anna: shall we begin",
		"S1: yes the budget first",
		"Anna: good go on",
	]);
	assert.deepEqual(counts, [null, 1, 2]);
	assert.equal((await speakersOf(app, await recordingOf(app, name)))?.file?.count, 2);
});

test("what was made from other audio counts as never made", async (t) => {
	const { app, name, work, asked } = await talkingApp(t, async () => turns);
	await work();
	const folder = await folderOf(app.library, name);
	const path = join(folder, "speakers.json");
	await writeFile(
		path,
		(await readFile(path, "utf8")).replace(/"sourceSha256": "./, '"sourceSha256": "x'),
	);
	assert.equal(await speakersOf(app, await recordingOf(app, name)), null);
	assert.ok(await areSpeakersStale(path, (await recordingOf(app, name)).metadata));
	const { db } = app.library.catalogue;
	await db.updateTable("jobs").set({ state: "queued" }).where("kind", "=", "speakers").execute();
	await work();
	assert.equal(asked(), 2);
	assert.ok(!(await areSpeakersStale(path, (await recordingOf(app, name)).metadata)));
	assert.notEqual(await speakersOf(app, await recordingOf(app, name)), null);
});

test("more than four hours are not listened to, and that is said", async (t) => {
	const { app, name, work, asked } = await talkingApp(t, async () => turns);
	await changeRecording(app.library, name, async ({ metadata }) => ({
		fields: { audio: { ...metadata.audio, durationSeconds: 4 * 3600 + 1 } },
	}));
	await work();
	assert.ok((await jobsOf(app)).includes("speakers done"));
	await assert.rejects(tellApart(app, await recordingOf(app, name), null, signal), {
		code: "ERR_UNSUPPORTED",
		message: /up to 4 hours/,
	});
	assert.equal(asked(), 0);
});

test("what is put into the trash meanwhile is left alone, and told apart when it is back", async (t) => {
	let isFirst = true;
	const { app, name, work, asked } = await talkingApp(t, async () => {
		if (!isFirst) return turns;
		isFirst = false;
		await changeRecording(app.library, name, async () => ({
			fields: { deletedAt: new Date().toISOString() },
		}));
		throw new OnwaxError("ERR_AUDIO_UNREADABLE", "There is no such file.");
	});
	await work();
	assert.ok((await jobsOf(app)).includes("speakers parked"), "set aside with the recording");
	await assert.rejects(tellApart(app, await recordingOf(app, name), null, signal), {
		code: "ERR_STATE",
	});
	await changeRecording(app.library, name, async () => ({ fields: { deletedAt: null } }));
	assert.ok((await jobsOf(app)).includes("speakers queued"), "taken up again with it");
	await work();
	assert.deepEqual(await heard(app, name), labelled);
	assert.equal(asked(), 2);
});

test("a worker that lost the job while the models were at work writes nothing", async (t) => {
	const { app, name, work } = await talkingApp(t, async () => {
		const { db } = app.library.catalogue;
		const taken = { token: "another", state: "done" } as const;
		await db.updateTable("jobs").set(taken).where("kind", "=", "speakers").execute();
		return turns;
	});
	await work();
	assert.deepEqual(await heard(app, name), [`: ${said}`]);
	const { metadata } = await recordingOf(app, name);
	assert.equal(metadata.files["speakers.json"], undefined);
	const folder = await folderOf(app.library, name);
	assert.ok(!(await readdir(folder)).some((file) => file.includes("speakers")));
});
