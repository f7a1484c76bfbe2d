import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type FakeChatOptions, startFakeChat } from "../../test/fake-chat.ts";
import { openTempApp } from "../../test/temp-app.ts";
import { exampleWav, folderOf, publishTranscribed } from "../../test/transcribed-recording.ts";
import type { ChatTask } from "../chat/chat-tasks.ts";
import { defaultSettings } from "../config/defaults.ts";
import { enqueue } from "../jobs/queue.ts";
import { jobsAfterTranscript } from "../pipeline/pipeline.ts";
import { chatOf, queueChat } from "./chat.ts";
import { editRecording } from "./edit.ts";
import type { App } from "./open-app.ts";
import { runJobs } from "./run-jobs.ts";

async function scene(t: TestContext, options: FakeChatOptions = {}, enabled = true) {
	const fake = await startFakeChat(options);
	t.after(() => fake.close());
	const chat = { ...defaultSettings.chat, enabled, baseUrl: fake.baseUrl, model: "m-1" };
	const app = await openTempApp(t, { chat });
	const name = await publishTranscribed(app.library, exampleWav(1));
	const before = await metadataOf(app, name);
	return { fake, app, name, before };
}

async function metadataOf(app: App, name: string) {
	const recording = await app.library.catalogue.get(name);
	return recording?.metadata ?? assert.fail();
}

async function chatNow(app: App, name: string) {
	const recording = await app.library.catalogue.get(name);
	return recording && chatOf(app.library.layout, recording);
}

function run(app: App, names: string[]): Promise<void> {
	const { signal } = new AbortController();
	return runJobs(app, { scope: names, signal, onAttemptFailed: () => assert.fail() });
}

const ask = (app: App, name: string, tasks: ChatTask[], again = false) =>
	queueChat(app, name, { tasks, again });

async function jobsOf(app: App) {
	const { db } = app.library.catalogue;
	const rows = await db
		.selectFrom("jobs")
		.select(["state", "error_code"])
		.where("kind", "=", "chat")
		.execute();
	return rows.map((row) => ({ ...row }));
}

/** A job that is put off is due now, as if its time had passed. */
async function hurry(app: App): Promise<void> {
	await app.library.catalogue.db.updateTable("jobs").set({ run_at: 0 }).execute();
}

test("where it is switched on, a chat job follows the text; where not, none does", async (t) => {
	const { before } = await scene(t);
	const kinds = (chat: boolean) =>
		jobsAfterTranscript(before, { compress: "none", peaks: false, chat }).map(({ kind }) => kind);
	assert.deepEqual(kinds(true), ["chat"]);
	assert.deepEqual(kinds(false), []);
});

test("title and summary stand beside the text, which stays what it was, as does the title", async (t) => {
	const { app, name, before, fake } = await scene(t);
	await enqueue(app.library.catalogue.db, [{ recording: name, kind: "chat" }]);
	await run(app, [name]);
	const made = await chatNow(app, name);
	assert.deepEqual(
		[made?.title, made?.summary, made?.cleanedText, made?.error],
		["About wax", "Somebody speaks about wax.", null, null],
	);
	assert.deepEqual(
		made?.results.map(({ task, isStale, model }) => [task, isStale, model]),
		[
			["title", false, "m-1"],
			["summary", false, "m-1"],
		],
	);
	assert.deepEqual(
		fake.questions.map((one) => one.transcript),
		["hello wax", "hello wax"],
	);
	const { files, revision: _, modifiedAt: __, ...after } = await metadataOf(app, name);
	const { "chat.json": listed, ...otherFiles } = files;
	assert.ok(listed, "metadata.json lists it");
	const { files: filesBefore, revision: ___, modifiedAt: ____, ...unchanged } = before;
	assert.deepEqual(after, unchanged);
	assert.deepEqual(otherFiles, filesBefore);
	assert.deepEqual(await jobsOf(app), [{ state: "done", error_code: null }]);
});

test("what was made for this text is not asked for again; a changed text is, and shows as stale", async (t) => {
	const { app, name, fake } = await scene(t);
	await ask(app, name, ["title"]);
	await run(app, [name]);
	await ask(app, name, ["title"]);
	await run(app, [name]);
	assert.equal(fake.questions.length, 1);
	await ask(app, name, ["title"], true);
	await run(app, [name]);
	assert.equal(fake.questions.length, 2, "unless it is wanted again");
	await editRecording(app, name, { text: "hello shellac" });
	assert.deepEqual(
		(await chatNow(app, name))?.results.map(({ isStale }) => isStale),
		[true],
	);
	await ask(app, name, ["title"]);
	await run(app, [name]);
	assert.equal(fake.questions.at(-1)?.transcript, "hello shellac");
	assert.deepEqual(
		(await chatNow(app, name))?.results.map(({ isStale }) => isStale),
		[false],
	);
});

test("a service that is down changes nothing, is left alone, and is asked later", async (t) => {
	const { app, name, before, fake } = await scene(t, { otherwise: { status: 500 } });
	const other = await publishTranscribed(app.library, exampleWav(2));
	for (const one of [name, other]) await ask(app, one, ["title"]);
	await run(app, [name, other]);
	assert.equal(fake.questions.length, 1, "the second one does not try the dead service");
	const error = (await chatNow(app, name))?.error;
	assert.deepEqual([error?.code, error?.givenUp], ["ERR_ENGINE_UNAVAILABLE", false]);
	const { state, error: own, transcription } = await metadataOf(app, name);
	assert.deepEqual([state, own, transcription], ["success", null, before.transcription]);
	assert.deepEqual(
		(await jobsOf(app)).map((job) => job.state),
		["queued", "queued"],
	);
	fake.answer("ok");
	await hurry(app);
	await run(app, [name, other]);
	for (const one of [name, other]) {
		const made = await chatNow(app, one);
		assert.deepEqual([made?.title, made?.error], ["About wax", null]);
	}
});

test("a refused key ends the job with its reason, and the recording's state is as it was", async (t) => {
	const { app, name, before, fake } = await scene(t, { apiKey: "another" });
	await ask(app, name, ["title", "summary"]);
	await run(app, [name]);
	assert.equal(fake.questions.length, 1);
	const error = (await chatNow(app, name))?.error;
	assert.deepEqual([error?.code, error?.givenUp], ["ERR_ENGINE_AUTH", true]);
	const after = await metadataOf(app, name);
	assert.deepEqual([after.state, after.error], [before.state, null]);
	assert.deepEqual(await jobsOf(app), [{ state: "parked", error_code: "ERR_ENGINE_AUTH" }]);
});

test("it is tried five times, then given up, with the reason for people", async (t) => {
	const { app, name, fake } = await scene(t, { otherwise: { status: 503 } });
	await ask(app, name, ["title"]);
	for (let turn = 0; turn < 7; turn++) {
		await run(app, [name]);
		await hurry(app);
	}
	assert.equal(fake.questions.length, app.config.worker.maxDeliveries);
	assert.equal((await jobsOf(app))[0]?.state, "parked");
	assert.equal((await chatNow(app, name))?.error?.givenUp, true);
});

test("what was made before the service failed is kept, and not asked for again", async (t) => {
	const { app, name, fake } = await scene(t, { script: ["ok", { status: 500 }] });
	await ask(app, name, ["title", "summary"]);
	await run(app, [name]);
	const half = await chatNow(app, name);
	assert.deepEqual([half?.title, half?.summary], ["About wax", null]);
	await hurry(app);
	await run(app, [name]);
	assert.deepEqual(
		fake.questions.map(({ key }) => key),
		["title", "summary", "summary"],
	);
	assert.equal((await chatNow(app, name))?.error, null);
});

test("garbage, a cut answer and a refusal end in a reason, not in a text", async (t) => {
	for (const step of [{ content: "I am a teapot" }, "cut-short", "refusal", "no-choice"] as const) {
		const { app, name } = await scene(t, { otherwise: step });
		await ask(app, name, ["title"]);
		await run(app, [name]);
		const made = await chatNow(app, name);
		assert.deepEqual([made?.title, made?.error], [null, null]);
		assert.notEqual(made?.results[0]?.refusal ?? null, null);
	}
});

test("a text that is changed while the model thinks gets no result that is not its own", async (t) => {
	const { app, name, fake } = await scene(t, {}, false);
	await ask(app, name, ["title"]);
	fake.answer("hang");
	const stop = new AbortController();
	const running = runJobs(app, { scope: [name], signal: stop.signal, onAttemptFailed() {} });
	while (fake.questions.length === 0) await new Promise(setImmediate);
	await editRecording(app, name, { text: "hello shellac" });
	stop.abort();
	await running;
	fake.answer("ok");
	await run(app, [name]);
	assert.equal(fake.questions.at(-1)?.transcript, "hello shellac");
	assert.deepEqual(
		(await chatNow(app, name))?.results.map(({ isStale }) => isStale),
		[false],
	);
});

test("switched off, a queued job asks nobody; by hand it does, once a model is named", async (t) => {
	const { app, name, fake } = await scene(t, {}, false);
	await enqueue(app.library.catalogue.db, [{ recording: name, kind: "chat" }]);
	await run(app, [name]);
	assert.equal(fake.questions.length, 0);
	assert.equal(await chatNow(app, name), null);
	const without = await openTempApp(t);
	const other = await publishTranscribed(without.library, exampleWav(3));
	await assert.rejects(ask(without, other, ["title"]), { code: "ERR_CONFIG" });
});

test("a damaged chat.json counts as none and is made again", async (t) => {
	const { app, name } = await scene(t);
	await ask(app, name, ["title"]);
	await run(app, [name]);
	const path = join(await folderOf(app.library, name), "chat.json");
	const whole = JSON.parse(await readFile(path, "utf8"));
	for (const damage of [
		"",
		"{",
		"[]",
		"null",
		'{"format":1,"results":null}',
		'{"format":1,"results":{"title":null}}',
		'{"format":1,"results":{"title":"a text"}}',
		'{"format":1,"results":{"title":{"text":5}},"error":"no"}',
	]) {
		await writeFile(path, damage);
		assert.equal(await chatNow(app, name), null);
		await ask(app, name, ["title"]);
		await run(app, [name]);
		assert.equal((await chatNow(app, name))?.title, whole.results.title.text);
	}
});

test("a refused answer, asked for again, takes nothing away from what was made of the same text", async (t) => {
	const { app, name, fake } = await scene(t);
	await ask(app, name, ["title"]);
	await run(app, [name]);
	for (const _ of ["once", "and once more"]) {
		fake.answer("refusal");
		await ask(app, name, ["title"], true);
		await run(app, [name]);
		const made = await chatNow(app, name);
		assert.equal(made?.title, "About wax");
		assert.match(made?.results[0]?.refusal ?? "", /refused/);
		assert.equal(made?.results[0]?.earlier?.model, "m-1");
	}
	await editRecording(app, name, { text: "hello shellac" });
	await ask(app, name, ["title"]);
	await run(app, [name]);
	assert.equal((await chatNow(app, name))?.title, null, "an older text's title is not this one's");
	fake.answer("ok");
	await ask(app, name, ["title"], true);
	await run(app, [name]);
	const made = await chatNow(app, name);
	assert.deepEqual([made?.title, made?.results[0]?.refusal], ["About wax", null]);
	assert.equal(made?.results[0]?.earlier, null);
});

test("a model that does not answer is waited for so long; then the job is anybody's, and what was made is kept", async (t) => {
	const { app, name, fake } = await scene(t, { script: ["ok"], otherwise: "hang" });
	await ask(app, name, ["title", "summary"]);
	let told = 0;
	const { signal } = new AbortController();
	await runJobs(app, {
		...{ scope: [name], signal, onAttemptFailed: () => assert.fail() },
		chatPatience: { seconds: 0.3, onOver: () => told++ },
	});
	assert.equal(told, 1);
	assert.deepEqual(await jobsOf(app), [{ state: "queued", error_code: "ERR_INTERRUPTED" }]);
	const half = await chatNow(app, name);
	assert.deepEqual([half?.title, half?.error], ["About wax", null]);
	fake.answer("ok");
	await run(app, [name]);
	assert.equal((await chatNow(app, name))?.summary, "Somebody speaks about wax.");
	assert.equal(fake.questions.filter(({ key }) => key === "title").length, 1);
	assert.deepEqual(await jobsOf(app), [{ state: "done", error_code: null }]);
});
