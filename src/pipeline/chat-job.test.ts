import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openTempLibrary } from "../../test/temp-library.ts";
import { exampleWav, folderOf, publishTranscribed } from "../../test/transcribed-recording.ts";
import { prepareTranscript, readTranscript } from "../archive/transcript-file.ts";
import { readChatFile } from "../chat/chat-file.ts";
import { nothingMade } from "../chat/chat-result.ts";
import type { ChatService } from "../chat/chat-service.ts";
import { OnwaxError } from "../errors.ts";
import type { Job } from "../job.ts";
import { claim, enqueue } from "../jobs/queue.ts";
import { changeRecording } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import { chatHandler } from "./chat-job.ts";

/** A model that answers when the test says so. */
function slowModel() {
	const answers: PromiseWithResolvers<string>[] = [];
	let arrived = Promise.withResolvers<void>();
	const service: ChatService = {
		model: "m",
		address: "http://localhost/v1",
		ask() {
			const answer = Promise.withResolvers<string>();
			answers.push(answer);
			arrived.resolve();
			arrived = Promise.withResolvers();
			return answer.promise;
		},
	};
	return { service, answers, nextQuestion: () => arrived.promise };
}

async function scene(t: TestContext) {
	const library = await openTempLibrary(t);
	const model = slowModel();
	const handler = chatHandler({ library, chat: model.service, tasks: ["title"] });
	const newJob = async (seed: number) => {
		const name = await publishTranscribed(library, exampleWav(seed));
		await enqueue(library.catalogue.db, [{ recording: name, kind: "chat" }]);
		return claimed(library);
	};
	return { library, model, handler, newJob, signal: new AbortController().signal };
}

async function claimed(library: Library): Promise<Job> {
	const writer = (await library.writer()).id;
	const job = await library.catalogue.transaction((tx) =>
		claim(tx, { writer, leaseSeconds: 60, kinds: ["chat"] }),
	);
	return job ?? assert.fail("nothing was due");
}

const title = '{"title":"About wax"}';

test("a worker that lost the job meanwhile writes nothing", async (t) => {
	const { library, model, handler, newJob, signal } = await scene(t);
	const job = await newJob(1);
	const asked = model.nextQuestion();
	const late = handler(job, signal);
	await asked;
	await library.catalogue.db.updateTable("jobs").set({ token: "another" }).execute();
	model.answers[0]?.resolve(title);
	await assert.rejects(late, { code: "ERR_JOB_LOST" });
	assert.deepEqual(await readChatFile(await folderOf(library, job.recording)), nothingMade);
});

test("an answer about a text that was changed meanwhile is dropped, and asked for anew", async (t) => {
	const { library, model, handler, newJob, signal } = await scene(t);
	const job = await newJob(1);
	const asked = model.nextQuestion();
	const first = handler(job, signal);
	await asked;
	await changeRecording(library, job.recording, async ({ folder, metadata }) => {
		const transcript = (await readTranscript(folder)) ?? assert.fail();
		const written = await prepareTranscript(folder, { ...transcript, text: "hello shellac" });
		return { fields: { files: { ...metadata.files, ...written } } };
	});
	model.answers[0]?.resolve(title);
	await assert.rejects(first, { code: "ERR_STATE", retryable: true });
	assert.deepEqual(await readChatFile(await folderOf(library, job.recording)), nothingMade);
});

test("one text at a time is at the model; the others wait for their turn, not for an answer", async (t) => {
	const { model, handler, newJob, signal } = await scene(t);
	const [one, two] = [await newJob(1), await newJob(2)];
	const asked = model.nextQuestion();
	const first = handler(one, signal);
	await asked;
	assert.equal((await handler(two, signal)).kind, "postponed");
	assert.equal(model.answers.length, 1);
	model.answers[0]?.resolve(title);
	assert.deepEqual(await first, { kind: "settled" });
	const next = model.nextQuestion();
	const second = handler(two, signal);
	await next;
	model.answers[1]?.resolve(title);
	assert.deepEqual(await second, { kind: "settled" });
});

test("a service that failed is left alone by the next job, which is not held against it", async (t) => {
	const { model, handler, newJob, signal } = await scene(t);
	const [one, two] = [await newJob(1), await newJob(2)];
	const asked = model.nextQuestion();
	const first = handler(one, signal);
	await asked;
	const down = new OnwaxError("ERR_ENGINE_UNAVAILABLE", "no", { retryable: true });
	model.answers[0]?.reject(down);
	await assert.rejects(first, { code: "ERR_ENGINE_UNAVAILABLE", retryAfterSeconds: 60 });
	const outcome = await handler(two, signal);
	assert.ok(outcome.kind === "postponed" && outcome.delaySeconds > 50);
	assert.equal(model.answers.length, 1);
});

test("a key that is refused is no reason to leave the service alone", async (t) => {
	const { model, handler, newJob, signal } = await scene(t);
	const [one, two] = [await newJob(1), await newJob(2)];
	const asked = model.nextQuestion();
	const first = handler(one, signal);
	await asked;
	model.answers[0]?.reject(new OnwaxError("ERR_ENGINE_AUTH", "no"));
	await assert.rejects(first, { code: "ERR_ENGINE_AUTH", retryable: false });
	const next = model.nextQuestion();
	const second = handler(two, signal);
	await next;
	model.answers[1]?.resolve(title);
	assert.deepEqual(await second, { kind: "settled" });
});
