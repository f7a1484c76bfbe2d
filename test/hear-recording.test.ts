import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { importPaths } from "../src/app/import.ts";
import { unfinishedFolder } from "../src/archive/layout.ts";
import { OnwaxError } from "../src/errors.ts";
import { type HearingContext, hearRecording } from "../src/pipeline/hear-recording.ts";
import type { Engine, TranscribeRequest } from "../src/transcribe/engine.ts";
import type { EngineOutput } from "../src/transcript.ts";
import { fakeSpeech, writeCountedWords } from "./counted-words.ts";
import {
	countedSeconds,
	countedSpans,
	countingEngine,
	everyWord,
	wordsOf,
} from "./counting-engine.ts";
import { openTempApp } from "./temp-app.ts";
import { tempFolder } from "./temp-folder.ts";

async function recorded(t: TestContext, overrides: Partial<HearingContext> = {}) {
	const app = await openTempApp(t);
	const path = join(await tempFolder(t), "counted.wav");
	await writeCountedWords(path, countedSpans, countedSeconds);
	const signal = new AbortController().signal;
	await importPaths(app, [path], { title: null, tags: [], signal, onOutcome() {} });
	const { recordings } = await app.library.catalogue.list({ limit: 1 });
	const metadata = recordings[0]?.metadata;
	assert.ok(metadata);
	const { library, media } = app;
	const context: HearingContext = {
		...{ library, media, speech: fakeSpeech(), language: null },
		policy: { maxAttempts: 1, delaysSeconds: [0], maxDelaySeconds: 1 },
		coverage: { enabled: true, askAgain: true },
		onAttemptFailed() {},
		onProgress() {},
		...overrides,
	};
	return {
		unfinished: unfinishedFolder(library.layout, metadata.name),
		hear: (engine: Engine, stop: AbortSignal = signal) =>
			hearRecording(context, {
				metadata,
				engine,
				vocabulary: [],
				key: "engine.1",
				signal: stop,
				onKept() {},
			}),
	};
}

function refused(code: "ERR_ENGINE" | "ERR_ENGINE_AUTH" | "ERR_ENGINE_RATE_LIMIT", more = {}) {
	return new OnwaxError(code, "It did not want to.", more);
}

/** Whether this stretch has word 40 in it. */
function isAboutForty(request: TranscribeRequest, output: EngineOutput): boolean {
	return request.setting !== undefined && / w40 /.test(` ${output.text} `);
}

test("windows together say every word once, in order, at its time", async (t) => {
	const { hear } = await recorded(t);
	const { engine, asked } = countingEngine(10);
	const outcome = await hear(engine);
	assert.equal(outcome.kind, "done");
	assert.ok(asked.length >= 8 && asked.every((one) => one.durationSeconds <= 10));
	assert.deepEqual(wordsOf(outcome.output), everyWord);
	for (const [index, segment] of outcome.output.segments.entries()) {
		assert.ok(Math.abs(segment.startSeconds - (countedSpans[index]?.startSeconds ?? 0)) < 0.002);
	}
	assert.deepEqual(outcome.output.coverage?.doubts, []);
});

test("a recording that the engine takes whole is one question", async (t) => {
	const { hear } = await recorded(t);
	const { engine, asked } = countingEngine(null);
	const outcome = await hear(engine);
	assert.equal(outcome.kind, "done");
	assert.equal(asked.length, 1);
	assert.deepEqual(wordsOf(outcome.output), everyWord);
	assert.equal(outcome.output.coverage?.detector, "fake");
});

test("what was answered before the worker died is not asked for again", async (t) => {
	const { hear, unfinished } = await recorded(t);
	const stop = new AbortController();
	let answered = 0;
	const dying = countingEngine(10, async (_, output) => {
		if (stop.signal.aborted) throw new OnwaxError("ERR_INTERRUPTED", "stopped");
		answered += 1;
		if (answered === 4) stop.abort();
		return output;
	});
	await assert.rejects(hear(dying.engine, stop.signal), { code: "ERR_INTERRUPTED" });
	assert.equal((await readdir(unfinished)).filter((name) => name.endsWith(".log")).length, 1);
	const { engine, asked } = countingEngine(10);
	const outcome = await hear(engine);
	assert.equal(outcome.kind, "done");
	assert.deepEqual(wordsOf(outcome.output), everyWord);
	const fresh = await (await recorded(t)).hear(countingEngine(10).engine);
	assert.deepEqual(outcome.output, fresh.kind === "done" ? fresh.output : null);
	assert.ok(asked.length <= 8 - 2, `${asked.length} windows were asked for`);
});

test("a window that fails in the engine's usual way is asked for in its other way", async (t) => {
	const { hear } = await recorded(t);
	const { engine } = countingEngine(10, async (request, output) => {
		if (isAboutForty(request, output) && request.setting === "usual") throw refused("ERR_ENGINE");
		return output;
	});
	const outcome = await hear(engine);
	assert.equal(outcome.kind, "done");
	assert.deepEqual(wordsOf(outcome.output), everyWord);
	assert.deepEqual(outcome.output.coverage?.doubts, []);
	assert.equal(outcome.attempts.length, 1);
});

test("a window that keeps failing is a gap with its reason, and the other words are there", async (t) => {
	const { hear } = await recorded(t);
	const { engine } = countingEngine(10, async (request, output) => {
		if (isAboutForty(request, output)) throw refused("ERR_ENGINE");
		return output;
	});
	const outcome = await hear(engine);
	assert.equal(outcome.kind, "done");
	const words = wordsOf(outcome.output);
	assert.ok(!words.includes("w40") && words.length > 90);
	assert.deepEqual(
		words,
		everyWord.filter((word) => words.includes(word)),
	);
	const [gap, ...others] = outcome.output.coverage?.doubts ?? [];
	assert.deepEqual(others, []);
	assert.equal(gap?.kind, "gap");
	assert.equal(gap?.reason, "It did not want to.");
	assert.equal(outcome.output.coverage?.failedWindows, 1);
	const missing = countedSpans[40];
	assert.ok(missing && gap && gap.startSeconds <= missing.startSeconds);
	assert.ok(gap.endSeconds >= missing.endSeconds);
});

test("an engine that fails every window is not asked for all of them, and nothing is a text", async (t) => {
	const { hear } = await recorded(t);
	const { engine, asked } = countingEngine(10, async () => {
		throw refused("ERR_ENGINE");
	});
	const outcome = await hear(engine);
	assert.equal(outcome.kind, "failed");
	assert.ok(asked.length <= 6, `${asked.length} windows were asked for`);
});

test("a service that refuses ends the work; what it answered before is kept", async (t) => {
	for (const [error, kind] of [
		[refused("ERR_ENGINE_AUTH"), "failed"],
		[refused("ERR_ENGINE_RATE_LIMIT", { retryable: true, retryAfterSeconds: 90 }), "postponed"],
	] as const) {
		const { hear } = await recorded(t);
		const refusing = countingEngine(10, async (request, output) => {
			if (isAboutForty(request, output)) throw error;
			return output;
		});
		const outcome = await hear(refusing.engine);
		assert.equal(outcome.kind, kind);
		const { engine, asked } = countingEngine(10);
		assert.equal((await hear(engine)).kind, "done");
		assert.ok(asked.length < 8, `${asked.length} windows were asked for`);
	}
});

test("without ears nothing is judged and no word is lost", async (t) => {
	const deaf = fakeSpeech(async () => {
		throw new OnwaxError("ERR_ENGINE", "The detector broke down.");
	});
	const { hear } = await recorded(t, { speech: deaf });
	for (const maxSeconds of [null, 10]) {
		const outcome = await hear(countingEngine(maxSeconds).engine);
		assert.equal(outcome.kind, "done");
		assert.equal(outcome.output.coverage, null);
		assert.deepEqual(wordsOf(outcome.output), everyWord);
	}
});

test("speech that the engine silently leaves out is asked for on its own", async (t) => {
	const { hear } = await recorded(t);
	const { engine, asked } = countingEngine(null, async (_, output) => {
		if (output.segments.length < 60) return output;
		const kept = output.segments.filter((_, index) => index < 40 || index >= 60);
		return { ...output, segments: kept, text: kept.map(({ text }) => text).join(" ") };
	});
	const outcome = await hear(engine);
	assert.equal(outcome.kind, "done");
	assert.deepEqual(wordsOf(outcome.output), everyWord);
	assert.ok(asked.length >= 2);
	assert.deepEqual(outcome.output.coverage?.doubts, []);
	assert.ok((outcome.output.coverage?.repairs.length ?? 0) >= 1);
});

test("an engine that answers nothing at all is found out, and asked in both of its ways", async (t) => {
	const { hear } = await recorded(t);
	const { engine, asked } = countingEngine(null, async (_, output) => ({
		...{ ...output, text: "", segments: [] },
	}));
	const outcome = await hear(engine);
	assert.equal(outcome.kind, "done");
	assert.equal(outcome.output.text, "");
	const gaps = outcome.output.coverage?.doubts.filter(({ kind }) => kind === "gap") ?? [];
	assert.ok(gaps.length >= 1);
	assert.ok((gaps[0]?.askedAgain ?? 0) >= 2);
	assert.deepEqual([...new Set(asked.map(({ setting }) => setting))], ["usual", "other"]);
	assert.ok(asked.length <= 7, `${asked.length} questions in vain`);
	assert.ok((outcome.output.coverage?.coveredSeconds ?? 1) < 0.01);
});
