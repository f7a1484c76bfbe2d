import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { importPaths } from "../../src/app/import.ts";
import { OnwaxError } from "../../src/errors.ts";
import { type HearingContext, hearRecording } from "../../src/pipeline/hear-recording.ts";
import type { Engine } from "../../src/transcribe/engine.ts";
import { differenceFrom, writeLongTones } from "../long-tones.ts";
import { needs } from "../outside-program.ts";
import { randomFrom, testSeed } from "../seeded.ts";
import { openTempApp } from "../temp-app.ts";
import { tempFolder } from "../temp-folder.ts";
import { makeToneModel } from "../tone-model.ts";

const durationSeconds = 12 * 60;

async function recorded(t: TestContext) {
	t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
	const app = await openTempApp(t);
	await makeToneModel(join(app.library.layout.models, "tones"));
	const folder = await tempFolder(t);
	const path = join(folder, "long.wav");
	const long = await writeLongTones(path, folder, durationSeconds, randomFrom(testSeed));
	const signal = new AbortController().signal;
	await importPaths(app, [path], { title: null, tags: [], signal, onOutcome() {} });
	const { recordings } = await app.library.catalogue.list({ limit: 1 });
	const metadata = recordings[0]?.metadata;
	assert.ok(metadata);
	const { library, media, speech } = app;
	const context: HearingContext = {
		...{ library, media, speech, language: null },
		policy: { maxAttempts: 1, delaysSeconds: [0], maxDelaySeconds: 1 },
		coverage: { enabled: true, askAgain: true },
		onAttemptFailed() {},
		onProgress() {},
	};
	const engine = await app.engines.engineFor(null);
	const hear = (one: Engine) =>
		hearRecording(context, {
			metadata,
			engine: one,
			vocabulary: [],
			key: "engine.1",
			signal,
			onKept() {},
		});
	return { ...long, engine, hear };
}

test("every tone of a long recording comes back once, in order, within 50 ms, though one window in five fails", async (t) => {
	if (!needs(t, "espeak-ng", "espeak-ng") || !needs(t, "ffmpeg", "ffmpeg")) return;
	const { tones, speech, engine, hear } = await recorded(t);
	assert.equal(engine.type, "sherpa");
	let asked = 0;
	const failing: Engine = {
		...engine,
		concurrency: 2,
		async transcribe(request) {
			asked += 1;
			if (request.setting === "usual" && asked % 5 === 0)
				throw new OnwaxError("ERR_ENGINE", "One in five.");
			return engine.transcribe(request);
		},
	};
	const outcome = await hear(failing);
	assert.equal(outcome.kind, "done");
	assert.ok(outcome.attempts.length >= 2);
	const { segments, coverage } = outcome.output;
	const words = segments.flatMap((segment) => segment.words);
	assert.equal(differenceFrom(tones, words), null);
	for (const span of speech) {
		const gap = coverage?.doubts.find(
			({ kind, startSeconds, endSeconds }) =>
				kind === "gap" && startSeconds < span.endSeconds && endSeconds > span.startSeconds,
		);
		assert.ok(gap, `speech at ${span.startSeconds} s has no words, and nobody says so`);
	}
});
