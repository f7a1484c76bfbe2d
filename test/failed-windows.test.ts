import assert from "node:assert/strict";
import { readdir, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cancelWork } from "../src/app/cancel.ts";
import { importPaths } from "../src/app/import.ts";
import type { App } from "../src/app/open-app.ts";
import { retryRecording } from "../src/app/retry.ts";
import { runJobs } from "../src/app/run-jobs.ts";
import { recordingFolder, unfinishedFolder } from "../src/archive/layout.ts";
import { readTranscript } from "../src/archive/transcript-file.ts";
import { OnwaxError } from "../src/errors.ts";
import { shelfOf } from "../src/recording.ts";
import type { Speech } from "../src/speech/speech.ts";
import type { Engine } from "../src/transcribe/engine.ts";
import { ffmpeg } from "./audio.ts";
import { fakeSpeech, writeCountedWords } from "./counted-words.ts";
import {
	countedSeconds,
	countedSpans,
	countingEngine,
	everyWord,
	wordsOf,
} from "./counting-engine.ts";
import { needs } from "./outside-program.ts";
import { openTempApp } from "./temp-app.ts";
import { tempFolder } from "./temp-folder.ts";

async function imported(t: TestContext, format: "wav" | "flac" = "wav") {
	const app = await openTempApp(t, { compress: "none", peaks: false });
	const folder = await tempFolder(t);
	const path = join(folder, "counted.wav");
	await writeCountedWords(path, countedSpans, countedSeconds);
	const given = join(folder, `given.${format}`);
	if (format === "flac") ffmpeg("-i", path, given);
	const signal = new AbortController().signal;
	const source = format === "wav" ? path : given;
	await importPaths(app, [source], { title: null, tags: [], signal, onOutcome() {} });
	const { recordings } = await app.library.catalogue.list({ limit: 1 });
	const name = recordings[0]?.metadata.name ?? "";
	return { app, name };
}

/** The program, with this engine and these ears. */
function withEngine(app: App, engine: Engine, speech: Speech = fakeSpeech()): App {
	const candidates = async () => [
		{ name: engine.name, engine, leftOut: null, later: false as const },
	];
	const describeDefault = async () => ({ name: engine.name, why: "it is the only one" });
	return { ...app, speech, engines: { ...app.engines, candidates, describeDefault } };
}

const work = (app: App, name: string) =>
	runJobs(app, { scope: [name], signal: new AbortController().signal, onAttemptFailed() {} });

async function result(app: App, name: string) {
	const recording = await app.library.catalogue.get(name);
	assert.ok(recording);
	const { metadata } = recording;
	const folder = recordingFolder(app.library.layout, shelfOf(metadata), name);
	const transcript = await readTranscript(folder);
	assert.ok(transcript);
	const outputs = Object.keys(metadata.files).filter((file) => file.startsWith("engine."));
	return { metadata, transcript, outputs };
}

test("a retry asks for the windows that failed and for no others; what was said before stays", async (t) => {
	const { app, name } = await imported(t);
	const failing = countingEngine(10, async (_, output) => {
		if (` ${output.text} `.includes(" w40 ")) throw new OnwaxError("ERR_ENGINE", "Not this one.");
		return output;
	});
	await work(withEngine(app, failing.engine), name);
	const before = await result(app, name);
	assert.equal(before.metadata.state, "success");
	assert.equal(before.metadata.transcription?.coverage?.failedWindows, 1);
	const mended = countingEngine(10);
	const again = withEngine(app, mended.engine);
	await retryRecording(again, name);
	await work(again, name);
	const after = await result(app, name);
	assert.deepEqual(wordsOf(after.transcript), everyWord);
	assert.equal(after.metadata.transcription?.coverage?.failedWindows, 0);
	assert.ok(mended.asked.length <= 2, `${mended.asked.length} windows were asked for`);
	assert.equal(after.outputs.length, 2);
	assert.deepEqual(await readdir(app.library.layout.unfinished), []);
	// Now the engine has had its last word.
	await assert.rejects(retryRecording(again, name), { code: "ERR_STATE" });
});

test("what was heard before it was cancelled is not asked for again", async (t) => {
	const { app, name } = await imported(t);
	const heardWords: string[] = [];
	const cancelled = countingEngine(10, async ({ signal }, output) => {
		if (cancelled.asked.length <= 2) {
			heardWords.push(...output.text.split(" "));
			return output;
		}
		await new Promise((_, reject) => {
			signal.addEventListener("abort", () => reject(signal.reason));
			if (signal.aborted) reject(signal.reason);
			if (cancelled.asked.length === 3) cancelWork(app, name).catch(reject);
		});
		return output;
	});
	await work(withEngine(app, cancelled.engine), name);
	const { metadata } = (await app.library.catalogue.get(name)) ?? {};
	assert.deepEqual([metadata?.state, metadata?.error?.code], ["failed", "ERR_CANCELLED"]);
	const kept = await readdir(unfinishedFolder(app.library.layout, name));
	assert.ok(kept.some((file) => file.endsWith(".log")));

	const going = countingEngine(10);
	const again = withEngine(app, going.engine);
	assert.equal((await retryRecording(again, name)).error, null);
	await work(again, name);
	const after = await result(app, name);
	assert.deepEqual(wordsOf(after.transcript), everyWord);
	const anew = new Set(going.asked.flatMap(({ words }) => words));
	assert.ok(heardWords.length > 0);
	assert.deepEqual(
		heardWords.filter((word) => anew.has(word)),
		[],
	);
});

test("a detector that breaks down once is asked again; the coverage is known", async (t) => {
	const { app, name } = await imported(t);
	let listened = 0;
	const good = fakeSpeech();
	const broken = fakeSpeech(async (path, options) => {
		listened += 1;
		if (listened === 1) throw new OnwaxError("ERR_ENGINE", "It was killed.", { retryable: true });
		return good.listen(path, options);
	});
	await work(withEngine(app, countingEngine(null).engine, broken), name);
	const { transcript } = await result(app, name);
	assert.deepEqual(transcript.coverage?.doubts, []);
});

test("a piece of the decoded audio does not pass for all of it", async (t) => {
	if (!needs(t, "ffmpeg", "ffmpeg")) return;
	const { app, name } = await imported(t, "flac");
	const unfinished = unfinishedFolder(app.library.layout, name);
	const stop = new AbortController();
	const dying = countingEngine(10, async (_, output) => {
		stop.abort();
		return output;
	});
	await runJobs(withEngine(app, dying.engine), {
		...{ scope: [name], signal: stop.signal, onAttemptFailed() {} },
	});
	const names = await readdir(unfinished);
	const decoded = names.find((one) => one.endsWith(".wav"));
	assert.ok(decoded, names.join(", "));
	await truncate(join(unfinished, decoded), 400_000);
	for (const one of names) if (one !== decoded) await rm(join(unfinished, one));
	await work(withEngine(app, countingEngine(10).engine), name);
	assert.deepEqual(wordsOf((await result(app, name)).transcript), everyWord);
});
