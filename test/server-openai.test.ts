import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { createServer as createTcpServer, connect as dial } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import OpenAI, { toFile } from "openai";
import { addRule } from "../src/app/lexicon-rules.ts";
import type { Config } from "../src/config/defaults.ts";
import type { Logger } from "../src/logger.ts";
import { originalSha256 } from "../src/recording.ts";
import { buildWavHeader } from "../src/wav.ts";
import { toneWav } from "./audio.ts";
import { type FakeOpenai, type FakeOpenaiOptions, startFakeOpenai } from "./fake-openai.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { makeToneModel } from "./tone-model.ts";
import { writeTones } from "./tones.ts";
import { uploadsLeft } from "./uploads-sender.ts";
import { waitingEngine } from "./waiting-engine.ts";

/** The endpoint as the official client sees it: what is answered, and what is kept whatever is answered. */

type Meeting = TempService & { fake: FakeOpenai; client: OpenAI };

const quiet: Partial<Config> = {
	coverage: { enabled: false, askAgain: false },
	compress: "none",
	peaks: false,
	retry: { maxAttempts: 1, delaysSeconds: [0.01], maxDelaySeconds: 60 },
};

async function meet(
	t: TestContext,
	answers: FakeOpenaiOptions = {},
	{ works = true, settings = {} }: { works?: boolean; settings?: Partial<Config> } = {},
): Promise<Meeting> {
	const fake = await startFakeOpenai(answers);
	t.after(() => fake.close());
	const remote = { type: "openai", baseUrl: fake.baseUrl, model: "whisper-1" } as const;
	const config = { ...quiet, engine: "remote", engines: { remote }, ...settings };
	const service = await startTempService(t, config, { works });
	return { ...service, fake, client: clientOf(service) };
}

function clientOf({ url, token }: TempService, options: { apiKey?: string } = {}): OpenAI {
	return new OpenAI({ baseURL: `${url}/v1`, apiKey: token, maxRetries: 0, ...options });
}

function tone(seed: number, seconds = 0.2): Promise<File> {
	const wav = Buffer.concat([toneWav({ sampleRate: 16_000, channels: 1, bitDepth: 16 }, seconds)]);
	wav.writeInt16LE(seed, 44);
	return toFile(wav, `memo-${seed}.wav`);
}

async function recordings({ app }: TempService) {
	return (await app.library.catalogue.list({ limit: 100 })).recordings;
}

test("every format of the official client, and the audio is in the library", async (t) => {
	const meeting = await meet(t);
	const { client, fake } = meeting;
	const file = await tone(1);
	const ask = <Format extends string>(response_format: Format, more = {}) =>
		client.audio.transcriptions.create({
			...{ file, model: "whisper-1", ...more },
			response_format: response_format as "json",
		}) as Promise<unknown>;
	assert.equal(((await ask("json")) as { text: string }).text, "Hello world. It is on wax.");
	assert.equal(await ask("text"), "Hello world. It is on wax.\n");
	assert.match(String(await ask("srt")), /^1\n00:00:00,000 --> /);
	assert.match(String(await ask("vtt")), /^WEBVTT\n/);
	const verbose = (await ask("verbose_json")) as OpenAI.Audio.TranscriptionVerbose;
	assert.equal(verbose.language, "english");
	assert.equal(verbose.segments?.length, 2);
	assert.equal(verbose.words, undefined);
	const words = (await ask("verbose_json", {
		timestamp_granularities: ["word", "segment"],
	})) as OpenAI.Audio.TranscriptionVerbose;
	assert.deepEqual(words.words?.map(({ word }) => word).slice(0, 2), ["Hello", "world"]);
	assert.equal(words.segments?.length, 2);
	// The same audio six times: one recording, one question.
	assert.equal(fake.requests.length, 1);
	const [kept, ...others] = await recordings(meeting);
	assert.equal(others.length, 0);
	assert.equal(kept?.metadata.source, "api");
	assert.equal(kept?.metadata.originalFilename, "memo-1.wav");
	const sent = Buffer.from(await file.arrayBuffer());
	assert.equal(kept && originalSha256(kept.metadata), hashOf(sent));
});

test("streaming: pieces that make up the text, then all of it", async (t) => {
	const { client } = await meet(t);
	const stream = await client.audio.transcriptions.create({
		...{ file: await tone(2), model: "gpt-4o-transcribe", stream: true },
	});
	let pieces = "";
	let whole: string | null = null;
	for await (const event of stream) {
		if (event.type === "transcript.text.delta") pieces += event.delta;
		if (event.type === "transcript.text.done") whole = event.text;
	}
	assert.equal(whole, "Hello world. It is on wax.");
	assert.equal(pieces, whole);
});

test("streaming: of a long recording each piece comes when it is settled, not when all is", async (t) => {
	const engine = await waitingEngine(t);
	const settings = { ...quiet, ...engine.settings };
	const service = await startTempService(t, settings, { works: true });
	await addRule(service.app.library.layout.lexicons, "names", {
		...{ from: "cooper", to: "Kuper", kind: "words" },
	});
	const stream = await clientOf(service).audio.transcriptions.create({
		...{ file: createReadStream(engine.recordingPath), model: "whisper-1", stream: true },
	});
	const heardSoFar = async () => {
		const response = await service.ask("/api/v1/recordings/last/heard");
		return ((await response.json()) as { text: string | null }).text;
	};
	let first: string | null = null;
	let pieces = "";
	let whole: string | null = null;
	for await (const event of stream) {
		if (event.type === "transcript.text.done") whole = event.text;
		if (event.type !== "transcript.text.delta") continue;
		first ??= event.delta;
		pieces += event.delta;
		if (first === pieces) assert.equal(await heardSoFar(), first, "for whoever asks, too");
		// Without it there would be no second window, and no end.
		await engine.goOn();
	}
	assert.equal(first, "Kuper number 1");
	assert.match(whole ?? "", /^Kuper number 1 Kuper number 2 Kuper number 3/);
	assert.equal(pieces, whole);
	assert.equal(await heardSoFar(), null, "it is not being written any more");
});

test("words and segments of a local model, asked for by its name", async (t) => {
	const service = await startTempService(
		t,
		{
			...quiet,
			engine: "absent",
			engines: { absent: { type: "command", command: ["/nonexistent", "{audio}"] } },
		},
		{ works: true },
	);
	const { layout } = service.app.library;
	await makeToneModel(join(layout.models, "tones"));
	const path = join(layout.data, "abc.wav");
	const tones = ["a", "b", "c"].map((letter, index) => ({ letter, startSeconds: 0.5 + index }));
	await writeTones(path, tones, { durationSeconds: 4 });
	const answer = await clientOf(service).audio.transcriptions.create({
		...{ file: createReadStream(path), model: "tones", response_format: "verbose_json" as const },
		timestamp_granularities: ["word", "segment"],
	});
	assert.equal(answer.text, "a b c");
	assert.equal(answer.duration, 4);
	const starts = answer.words?.map(({ start }) => Math.round(start - 0.5));
	assert.deepEqual(starts, [0, 1, 2]);
	assert.ok((answer.segments?.length ?? 0) > 0);
	const listed = await clientOf(service).models.list();
	assert.deepEqual(
		listed.data.map(({ id }) => id),
		["absent", "tones", "whisper-1"],
	);
});

test("a wrong key, a token without the permission, and a model that is not there are the client's own errors", async (t) => {
	const meeting = await meet(t);
	const wrong = clientOf(meeting, { apiKey: "sk-nobody" });
	const file = await tone(3);
	const ask = (client: OpenAI) => client.audio.transcriptions.create({ file, model: "whisper-1" });
	await assert.rejects(ask(wrong), (error) => {
		assert.ok(error instanceof OpenAI.AuthenticationError);
		assert.equal(error.code, "invalid_api_key");
		assert.doesNotMatch(error.message, /sk-nobody/);
		return true;
	});
	const reader = clientOf(meeting, { apiKey: await meeting.tokenFor("read") });
	await assert.rejects(ask(reader), OpenAI.PermissionDeniedError);
	await assert.rejects(meeting.client.models.retrieve("gpt-9"), OpenAI.NotFoundError);
	assert.equal((await meeting.client.models.retrieve("remote")).id, "remote");
	assert.equal((await recordings(meeting)).length, 0);
});

test("an engine that fails: the error names the recording, and its text comes by itself", async (t) => {
	const meeting = await meet(t, { otherwise: { status: 503 } });
	const { client, fake, app } = meeting;
	const file = await tone(4);
	const error = await client.audio.transcriptions
		.create({ file, model: "whisper-1" }, { maxRetries: 2 })
		.then(
			() => null,
			(thrown: unknown) => thrown,
		);
	assert.ok(error instanceof OpenAI.InternalServerError);
	const [kept, ...others] = await recordings(meeting);
	assert.ok(kept);
	assert.equal(others.length, 0);
	assert.match(error.message, new RegExp(kept.metadata.name));
	assert.match(error.message, /tried again by itself/);
	assert.equal(error.headers.get("onwax-recording"), kept.metadata.id);
	// The client was told not to try: one question, not one for each of its tries.
	assert.equal(fake.requests.length, 1);
	const job = await app.library.catalogue.db
		.selectFrom("jobs")
		.select(["state", "parameters"])
		.where("kind", "=", "transcribe")
		.executeTakeFirstOrThrow();
	assert.equal(job.state, "queued");
	assert.equal(kept.metadata.state, "pending");
	// The service is back; sending the same audio again asks for it now.
	fake.answer("ok");
	const answer = await client.audio.transcriptions.create({ file, model: "whisper-1" });
	assert.equal(answer.text, "Hello world. It is on wax.");
	assert.equal((await recordings(meeting)).length, 1);
});

test("a failure that will not pass by itself is said, and the audio is kept all the same", async (t) => {
	const meeting = await meet(t, { apiKey: "another" });
	const { client } = meeting;
	const file = await tone(5);
	await assert.rejects(
		client.audio.transcriptions.create({ file, model: "whisper-1" }),
		(error) => {
			assert.ok(error instanceof OpenAI.APIError);
			assert.equal(error.code, "ERR_ENGINE_AUTH");
			assert.match(error.message, /onwax retry/);
			return true;
		},
	);
	assert.equal((await recordings(meeting))[0]?.metadata.state, "failed");
});

test("nobody does the work yet: the wait ends before the client's own, and another process's text is told", async (t) => {
	const meeting = await meet(t, {}, { works: false });
	const { client, app } = meeting;
	const file = await tone(6);
	const ask = () => client.audio.transcriptions.create({ file, model: "x" }, { timeout: 2000 });
	await assert.rejects(ask(), (error) => {
		assert.ok(error instanceof OpenAI.InternalServerError);
		assert.equal(error.status, 504);
		assert.match(error.message, /comes by itself/);
		return true;
	});
	const { runJobs } = await import("../src/app/run-jobs.ts");
	const stop = new AbortController();
	const working = runJobs(app, { scope: "all", signal: stop.signal, onAttemptFailed() {} });
	const answer = await client.audio.transcriptions.create({ file, model: "x" });
	assert.equal(answer.text, "Hello world. It is on wax.");
	stop.abort();
	await working;
});

test("the client's automatic retry, after an answer that was lost, makes no second recording", async (t) => {
	const meeting = await meet(t);
	const { fake } = meeting;
	let cut = 1;
	const upstream = new URL(meeting.url);
	const losing = createTcpServer((socket) => {
		const target = dial(Number(upstream.port), upstream.hostname);
		socket.on("error", () => target.destroy()).pipe(target);
		target.on("error", () => socket.destroy());
		target.once("data", () => {
			if (cut-- > 0) socket.destroy();
		});
		target.pipe(socket);
	});
	await new Promise<void>((resolve) => losing.listen(0, "127.0.0.1", resolve));
	t.after(() => losing.close());
	const { port } = losing.address() as { port: number };
	const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: meeting.token });
	const answer = await client.audio.transcriptions.create({ file: await tone(7), model: "w" });
	assert.equal(answer.text, "Hello world. It is on wax.");
	assert.ok(cut < 1, "an answer was lost");
	assert.equal((await recordings(meeting)).length, 1);
	assert.equal(fake.requests.length, 1);
});

test("60 MB arrive whole, and without any engine the client is told that they wait", async (t) => {
	const meeting = await meet(t, {}, { settings: { engine: null, engines: {} } });
	const samples = randomBytes(60_000_000);
	const header = { encoding: "pcm", sampleRate: 48_000, channels: 2, bitDepth: 16 } as const;
	const wav = Buffer.concat([buildWavHeader({ ...header, dataBytes: samples.length }), samples]);
	const file = await toFile(wav, "long.wav");
	await assert.rejects(
		meeting.client.audio.transcriptions.create({ file, model: "w" }),
		(error) => {
			assert.ok(error instanceof OpenAI.InternalServerError);
			assert.equal(error.code, "ERR_NO_ENGINE");
			return true;
		},
	);
	const [kept] = await recordings(meeting);
	assert.equal(kept && originalSha256(kept.metadata), hashOf(wav));
});

test("what is too large, empty, no form or without a file is refused, and nothing is kept", async (t) => {
	const settings = { import: { ...(await meetDefaults(t)), maxSizeMb: 1 } };
	const meeting = await meet(t, {}, { settings });
	const create = (file: File | null) =>
		meeting.client.audio.transcriptions.create({ file: file as File, model: "w" });
	await assert.rejects(create(await tone(8, 40)), (error) => {
		assert.ok(error instanceof OpenAI.APIError);
		assert.equal(error.status, 413);
		return true;
	});
	await assert.rejects(create(new File([], "empty.wav")), OpenAI.BadRequestError);
	const post = (body: FormData | string, headers = {}) =>
		meeting.ask("/v1/audio/transcriptions", { method: "POST", body, headers });
	const withoutFile = new FormData();
	withoutFile.set("model", "whisper-1");
	for (const body of [withoutFile, '{"file":"x"}']) {
		const answer = await post(
			body,
			typeof body === "string" ? { "content-type": "application/json" } : {},
		);
		assert.equal(answer.status, 400);
		const { error } = (await answer.json()) as { error: { type: string } };
		assert.equal(error.type, "invalid_request_error");
	}
	assert.equal((await recordings(meeting)).length, 0);
});

async function meetDefaults(t: TestContext) {
	const { app } = await startTempService(t);
	return app.config.import;
}

test("fields may stand before and after the file, and those that nobody knows are passed over", async (t) => {
	const meeting = await meet(t);
	const file = await tone(9);
	const fields: [string, string | File][] = [
		["model", "whisper-1"],
		["unknown", "x".repeat(1000)],
		["file", file],
		["include[]", "logprobs"],
		["attachment", await tone(99)],
		["language", "de"],
		["prompt", "Wachswalze"],
		["response_format", "text"],
	];
	const form = new FormData();
	for (const [name, value] of fields) form.append(name, value);
	const answer = await meeting.ask("/v1/audio/transcriptions", { method: "POST", body: form });
	assert.equal(await answer.text(), "Hello world. It is on wax.\n");
	const [request] = meeting.fake.requests;
	assert.deepEqual(request?.fields.language, ["de"]);
	assert.match(request?.fields.prompt?.[0] ?? "", /Wachswalze/);
	assert.equal((await recordings(meeting)).length, 1);
	assert.equal(answer.headers.get("onwax-name"), (await recordings(meeting))[0]?.metadata.name);
});

test("a format that is not known is refused with the place where the audio is", async (t) => {
	const meeting = await meet(t, {}, { works: false });
	const file = await tone(10);
	await assert.rejects(
		meeting.client.audio.transcriptions.create({
			...{ file, model: "w", response_format: "diarized_json" as "json" },
		}),
		(error) => {
			assert.ok(error instanceof OpenAI.BadRequestError);
			assert.equal(error.param, "response_format");
			return true;
		},
	);
	assert.equal((await recordings(meeting)).length, 1);
});

test("a form that breaks off leaves nothing; one that came whole is kept though nobody waits", async (t) => {
	const meeting = await meet(t, { otherwise: "hang" });
	const { url, token, app } = meeting;
	const body = await formBytes(await tone(11));
	const head = [
		"POST /v1/audio/transcriptions HTTP/1.1",
		`host: ${new URL(url).host}`,
		`authorization: Bearer ${token}`,
		`content-type: ${body.type}`,
		`content-length: ${body.bytes.length}`,
		...["", ""],
	].join("\r\n");
	const send = async (bytes: Buffer, until: () => Promise<boolean>) => {
		const { port, hostname } = new URL(url);
		const socket = dial(Number(port), hostname);
		socket.on("error", () => undefined);
		socket.write(Buffer.concat([Buffer.from(head), bytes]));
		while (!(await until())) await new Promise((resolve) => setTimeout(resolve, 20));
		socket.destroy();
	};
	const isArriving = async () => (await uploadsLeft(app)).length > 0;
	await send(body.bytes.subarray(0, body.bytes.length - 500), isArriving);
	while (await isArriving()) await new Promise((resolve) => setTimeout(resolve, 20));
	assert.equal((await recordings(meeting)).length, 0);
	await send(body.bytes, async () => (await recordings(meeting)).length === 1);
});

test("who sends too much sees that it is too much, and who goes away fills no log", async (t) => {
	const lines: { level: string; text: string }[] = [];
	const log: Logger = {
		debug: () => {},
		info: (_fields, text) => lines.push({ level: "info", text }),
		warn: (_fields, text) => lines.push({ level: "warn", text }),
		error: (_fields, text) => lines.push({ level: "error", text }),
		child: () => log,
	};
	const settings = { import: { ...(await meetDefaults(t)), maxSizeMb: 1 } };
	const service = await startTempService(t, { ...quiet, ...settings }, { log });
	const { url, token } = service;
	const body = await formBytes(await tone(21, 300));
	const head = (length: string) =>
		[
			"POST /v1/audio/transcriptions HTTP/1.1",
			`host: ${new URL(url).host}`,
			`authorization: Bearer ${token}`,
			`content-type: ${body.type}`,
			...[length, "", ""],
		].join("\r\n");
	const dialled = () => {
		const { port, hostname } = new URL(url);
		const socket = dial(Number(port), hostname);
		socket.on("error", () => undefined);
		return socket;
	};
	// In chunks, so that nobody knows how long it is; all of it is sent before anything is read.
	const chunked = dialled();
	const answers: Buffer[] = [];
	const taken = new Promise<void>((resolve, reject) => {
		chunked.on("close", () => reject(new Error("cut off before all was taken")));
		const size = body.bytes.length.toString(16);
		chunked.write(`${head("transfer-encoding: chunked")}${size}\r\n`);
		chunked.write(body.bytes);
		chunked.write("\r\n0\r\n\r\n", () => resolve());
	});
	chunked.on("data", (bytes: Buffer) => answers.push(bytes));
	await taken;
	while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
	assert.match(Buffer.concat(answers).toString("latin1"), /^HTTP\/1\.1 413 /);
	chunked.destroy();

	const isArriving = async () => (await uploadsLeft(service.app)).length > 0;
	// What was refused before has left nothing: else it would be taken for the next one.
	while (await isArriving()) await new Promise((resolve) => setTimeout(resolve, 10));
	const gone = dialled();
	gone.write(head("content-length: 500000"));
	gone.write(body.bytes.subarray(0, 2000));
	while (!(await isArriving())) await new Promise((resolve) => setTimeout(resolve, 10));
	gone.destroy();
	while (!lines.some(({ text }) => text === "who asked went away")) {
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	assert.deepEqual(
		lines.filter(({ level }) => level === "error"),
		[],
	);
});

test("a service that ends answers those who wait: kept, and the text comes by itself", async (t) => {
	const meeting = await meet(t, { otherwise: "hang" });
	const file = await tone(14);
	const waiting = meeting.client.audio.transcriptions.create({ file, model: "w" }).then(
		() => null,
		(error: unknown) => error,
	);
	while (meeting.fake.requests.length === 0) await new Promise((done) => setTimeout(done, 20));
	await meeting.close();
	const error = await waiting;
	assert.ok(error instanceof OpenAI.InternalServerError);
	assert.match(error.message, /is safe as recording .* comes by itself/);
});

async function formBytes(file: File): Promise<{ bytes: Buffer; type: string }> {
	const form = new FormData();
	form.set("file", file);
	form.set("model", "whisper-1");
	const request = new Request("http://127.0.0.1/", { method: "POST", body: form });
	const type = request.headers.get("content-type") ?? "";
	return { bytes: Buffer.from(await request.arrayBuffer()), type };
}

test("out of the trash it comes back; a text that is there is told at once", async (t) => {
	const meeting = await meet(t);
	const { client, app, fake } = meeting;
	const file = await tone(12);
	await client.audio.transcriptions.create({ file, model: "w" });
	const [kept] = await recordings(meeting);
	const { trashRecording } = await import("../src/library/remove.ts");
	await trashRecording(app.library, kept?.metadata.name ?? "");
	const again = await client.audio.transcriptions.create({ file, model: "w" });
	assert.equal(again.text, "Hello world. It is on wax.");
	assert.equal(fake.requests.length, 1);
	assert.equal((await recordings(meeting)).length, 1);
});

test("translations are forwarded where an engine can, and else refused; the audio is kept", async (t) => {
	const meeting = await meet(t);
	const file = await tone(13);
	const answer = await meeting.client.audio.translations.create({ file, model: "whisper-1" });
	assert.equal(answer.text, "Hello world. It is on wax.");
	assert.ok(meeting.fake.requests.some(({ path }) => path === "/v1/audio/translations"));
	const service = await startTempService(t, {
		...quiet,
		engines: { local: { type: "command", command: ["/nonexistent", "{audio}"] } },
	});
	await assert.rejects(
		clientOf(service).audio.translations.create({ file, model: "whisper-1" }),
		OpenAI.UnprocessableEntityError,
	);
	assert.equal((await recordings(service)).length, 1);
});

function hashOf(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}
