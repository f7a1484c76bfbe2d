import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
import { type FakeOpenaiOptions, type FakeStep, startFakeOpenai } from "../../test/fake-openai.ts";
import { type ErrorCode, OnwaxError } from "../errors.ts";
import { transcribeWithRetries } from "./attempts.ts";
import type { OpenaiEngineConfig } from "./engine-config.ts";
import { createOpenaiEngine } from "./openai.ts";

const canary = "sk-canary/7Zq+9\"x'Tk";
let folder = "";
let audioPath = "";

before(async () => {
	folder = await mkdtemp(join(tmpdir(), "onwax-openai-"));
	audioPath = join(folder, "My secret title.wav");
	await writeFile(audioPath, Buffer.alloc(200_000, "wave"));
});
after(() => rm(folder, { recursive: true }));

function requestFor(path: string, signal = new AbortController().signal) {
	return { audioPath: path, durationSeconds: null, language: null, signal };
}

/** Runs `use` with an engine whose service follows the options. */
async function withEngine<Result>(
	options: FakeOpenaiOptions,
	config: Partial<OpenaiEngineConfig>,
	use: (
		engine: ReturnType<typeof createOpenaiEngine>,
		fake: Awaited<ReturnType<typeof startFakeOpenai>>,
	) => Promise<Result>,
): Promise<Result> {
	const fake = await startFakeOpenai(options);
	try {
		const engine = createOpenaiEngine(
			"remote",
			{ type: "openai", baseUrl: fake.baseUrl, ...config },
			{ OPENAI_API_KEY: canary },
		);
		return await use(engine, fake);
	} finally {
		await fake.close();
	}
}

async function failureOf(promise: Promise<unknown>): Promise<OnwaxError> {
	const error = await promise.then(
		() => assert.fail("it succeeded"),
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof OnwaxError, inspect(error));
	return error;
}

test("sends the whole file with model and key, and reads words and segments", async () => {
	await withEngine({ apiKey: canary }, { prompt: "wax" }, async (engine, fake) => {
		const output = await engine.transcribe({ ...requestFor(audioPath), language: "en-GB" });
		assert.equal(output.text, "Hello world. It is on wax.");
		assert.equal(output.language, "en");
		assert.deepEqual(output.segments[0], {
			text: "Hello world.",
			startSeconds: 0,
			endSeconds: 2,
			words: [
				{ text: "Hello", startSeconds: 0, endSeconds: 1 },
				{ text: "world", startSeconds: 1, endSeconds: 2 },
			],
		});
		assert.equal(output.segments[1]?.words.length, 4);
		const [sent] = fake.requests;
		const sha256 = createHash("sha256")
			.update(await readFile(audioPath))
			.digest("hex");
		assert.deepEqual(sent?.file, { name: "audio.wav", sizeBytes: 200_000, sha256 });
		assert.deepEqual(sent?.fields, {
			model: ["whisper-1"],
			response_format: ["verbose_json"],
			"timestamp_granularities[]": ["word", "segment"],
			language: ["en"],
			prompt: ["wax"],
		});
		assert.ok(Number(sent?.headers["content-length"]) > 200_000, "the length is known beforehand");
	});
});

test("words to expect go before the prompt, the most wanted last of them", async () => {
	await withEngine({}, { prompt: "A talk." }, async (engine, fake) => {
		assert.equal(engine.takesVocabulary, true);
		await engine.transcribe({ ...requestFor(audioPath), vocabulary: ["Zoë", "Kubernetes"] });
		assert.deepEqual(fake.requests[0]?.fields.prompt, ["Kubernetes, Zoë. A talk."]);
		assert.equal(fake.requests[0]?.fields.temperature, undefined);
	});
});

test("many words to expect are cut to what the service reads", async () => {
	await withEngine({}, {}, async (engine, fake) => {
		const vocabulary = Array.from({ length: 1000 }, (_, index) => `Gráinne-${index}`);
		await engine.transcribe({ ...requestFor(audioPath), vocabulary });
		const [prompt = ""] = fake.requests[0]?.fields.prompt ?? [];
		assert.ok(prompt.length <= 800, `${prompt.length}`);
		assert.ok(prompt.endsWith("Gráinne-1, Gráinne-0"));
	});
});

test("another way of hearing is warmer, and expects no certain words", async () => {
	await withEngine({}, { prompt: "A talk." }, async (engine, fake) => {
		const request = { ...requestFor(audioPath), vocabulary: ["Zoë"], setting: "other" } as const;
		await engine.transcribe(request);
		assert.deepEqual(fake.requests[0]?.fields.temperature, ["0.4"]);
		assert.deepEqual(fake.requests[0]?.fields.prompt, ["A talk."]);
	});
});

const failures: {
	step: FakeStep;
	code: ErrorCode;
	retryable: boolean;
	httpStatus?: number;
	retryAfterSeconds?: number;
}[] = [
	{ step: { status: 400 }, code: "ERR_ENGINE_REJECTED", retryable: false, httpStatus: 400 },
	{ step: { status: 401 }, code: "ERR_ENGINE_AUTH", retryable: false, httpStatus: 401 },
	{ step: { status: 403 }, code: "ERR_ENGINE_AUTH", retryable: false, httpStatus: 403 },
	{ step: { status: 404 }, code: "ERR_ENGINE_REJECTED", retryable: false, httpStatus: 404 },
	{ step: { status: 408 }, code: "ERR_ENGINE_TIMEOUT", retryable: true, httpStatus: 408 },
	{ step: { status: 413 }, code: "ERR_ENGINE_TOO_LARGE", retryable: false, httpStatus: 413 },
	{ step: "early", code: "ERR_ENGINE_TOO_LARGE", retryable: false, httpStatus: 413 },
	{ step: "quota", code: "ERR_ENGINE_QUOTA", retryable: false, httpStatus: 429 },
	{
		step: { status: 429, retryAfter: "2" },
		code: "ERR_ENGINE_RATE_LIMIT",
		retryable: true,
		httpStatus: 429,
		retryAfterSeconds: 2,
	},
	{ step: { status: 500 }, code: "ERR_ENGINE_UNAVAILABLE", retryable: true, httpStatus: 500 },
	{ step: { status: 503 }, code: "ERR_ENGINE_UNAVAILABLE", retryable: true, httpStatus: 503 },
	{ step: { status: 529 }, code: "ERR_ENGINE_UNAVAILABLE", retryable: true, httpStatus: 529 },
	{ step: { status: 302 }, code: "ERR_ENGINE_REJECTED", retryable: false, httpStatus: 302 },
	{ step: "reset", code: "ERR_ENGINE_UNAVAILABLE", retryable: true },
	{ step: "reset-mid-body", code: "ERR_ENGINE_UNAVAILABLE", retryable: true },
	{ step: "truncated", code: "ERR_ENGINE_OUTPUT", retryable: true, httpStatus: 200 },
	{ step: "page", code: "ERR_ENGINE_OUTPUT", retryable: true, httpStatus: 200 },
	{ step: "no-body", code: "ERR_ENGINE_OUTPUT", retryable: true, httpStatus: 200 },
	{ step: { status: 200, body: "{}" }, code: "ERR_ENGINE_OUTPUT", retryable: true },
	{ step: { status: 204 }, code: "ERR_ENGINE_OUTPUT", retryable: true, httpStatus: 204 },
	{ step: "huge", code: "ERR_ENGINE_OUTPUT", retryable: false },
	{
		step: {
			status: 401,
			body: `{"error":{"message":"bad key ${JSON.stringify(canary).slice(1, -1)}"}}`,
		},
		code: "ERR_ENGINE_AUTH",
		retryable: false,
		httpStatus: 401,
	},
	{
		step: { status: 200, body: `Bearer ${canary} is no JSON` },
		code: "ERR_ENGINE_OUTPUT",
		retryable: true,
		httpStatus: 200,
	},
];

for (const { step, code, retryable, ...rest } of failures) {
	test(`${JSON.stringify(step)} becomes ${code}, tried once, without the key`, async () => {
		await withEngine({ script: [step] }, {}, async (engine, fake) => {
			const error = await failureOf(engine.transcribe(requestFor(audioPath)));
			assert.equal(error.code, code, error.message);
			assert.equal(error.retryable, retryable);
			assert.equal(error.httpStatus, rest.httpStatus ?? null);
			assert.equal(error.retryAfterSeconds, rest.retryAfterSeconds ?? null);
			assert.equal(fake.requests.length, 1);
			const shown = [
				error.message,
				error.hint ?? "",
				error.stack ?? "",
				JSON.stringify(error),
				inspect(error, { depth: null, showHidden: true }),
			].join("\n");
			assert.ok(!shown.includes("sk-canary"), shown);
			assert.ok(!shown.includes(Buffer.from(canary).toString("base64")), shown);
		});
	});
}

test("a service that hangs is given up after the time limit", async () => {
	await withEngine({ script: ["hang"] }, { timeoutSeconds: 0.2 }, async (engine) => {
		const error = await failureOf(engine.transcribe(requestFor(audioPath)));
		assert.deepEqual([error.code, error.retryable], ["ERR_ENGINE_TIMEOUT", true]);
	});
});

test("an abort ends the request under way", async () => {
	await withEngine({ script: ["hang"] }, {}, async (engine) => {
		const abort = new AbortController();
		const transcribing = failureOf(engine.transcribe(requestFor(audioPath, abort.signal)));
		setTimeout(() => abort.abort(), 50);
		assert.equal((await transcribing).code, "ERR_INTERRUPTED");
	});
});

test("a port where nobody listens is unavailable, and retryable", async () => {
	const fake = await startFakeOpenai();
	await fake.close();
	const engine = createOpenaiEngine("remote", { type: "openai", baseUrl: fake.baseUrl }, {});
	const error = await failureOf(engine.transcribe(requestFor(audioPath)));
	assert.deepEqual([error.code, error.retryable], ["ERR_ENGINE_UNAVAILABLE", true]);
	assert.match(error.message, /ECONNREFUSED/);
});

test("an empty transcript is a success: silence is legal", async () => {
	await withEngine({ script: ["empty"] }, {}, async (engine) => {
		const output = await engine.transcribe(requestFor(audioPath));
		assert.deepEqual([output.text, output.segments], ["", []]);
	});
});

for (const step of ["drip", "wrong-type"] as const)
	test(`a right answer comes through although it is ${step}`, async () => {
		await withEngine({ script: [step] }, {}, async (engine) => {
			const output = await engine.transcribe(requestFor(audioPath));
			assert.equal(output.text, "Hello world. It is on wax.");
		});
	});

test("a service without verbose_json is asked for json, and from then on at once", async () => {
	const options: FakeOpenaiOptions = { otherwise: "reject-verbose" };
	await withEngine(options, {}, async (engine, fake) => {
		const output = await engine.transcribe(requestFor(audioPath));
		assert.deepEqual([output.text, output.segments], ["Hello world. It is on wax.", []]);
		await engine.transcribe(requestFor(audioPath));
		const formats = fake.requests.map((request) => request.fields.response_format?.[0]);
		assert.deepEqual(formats, ["verbose_json", "json", "json"]);
	});
});

test("a service without word times still gives segment times", async () => {
	await withEngine({ otherwise: "reject-words" }, {}, async (engine, fake) => {
		const output = await engine.transcribe(requestFor(audioPath));
		assert.equal(output.segments.length, 2);
		assert.deepEqual(output.segments[0]?.words, []);
		assert.equal(fake.requests.length, 2);
	});
});

test("a validation error in another service's words is understood as well", async () => {
	const body = JSON.stringify({ detail: [{ loc: ["body", "timestamp_granularities[]"] }] });
	await withEngine({ script: [{ status: 422, body }] }, {}, async (engine, fake) => {
		await engine.transcribe(requestFor(audioPath));
		assert.equal(fake.requests[1]?.fields["timestamp_granularities[]"], undefined);
	});
});

test("gpt-4o-transcribe is asked for json from the start", async () => {
	await withEngine({}, { model: "gpt-4o-mini-transcribe" }, async (engine, fake) => {
		const output = await engine.transcribe(requestFor(audioPath));
		assert.equal(output.text, "Hello world. It is on wax.");
		assert.equal(fake.requests.length, 1);
	});
});

test("a file over the limit is refused before anything is sent", async () => {
	const path = join(folder, "long.wav");
	await writeFile(path, "");
	await truncate(path, 1024 * 1024);
	await withEngine({}, { maxUploadMb: 1 }, async (engine, fake) => {
		const error = await failureOf(engine.transcribe(requestFor(path)));
		assert.equal(error.code, "ERR_ENGINE_TOO_LARGE");
		assert.equal(fake.requests.length, 0);
	});
});

test("Opus is sent under the name that the service knows it by", async () => {
	const path = join(folder, "speech.opus");
	await writeFile(path, "opus");
	await withEngine({}, {}, async (engine, fake) => {
		await engine.transcribe(requestFor(path));
		assert.equal(fake.requests[0]?.file?.name, "audio.ogg");
	});
});

test("a missing key is an error with a hint, except on loopback", async () => {
	const remote = createOpenaiEngine("remote", { type: "openai", apiKeyEnv: "MY_KEY" }, {});
	assert.equal((await remote.check()).ok, false);
	const error = await failureOf(remote.transcribe(requestFor(audioPath)));
	assert.equal(error.code, "ERR_ENGINE_AUTH");
	assert.match(error.hint ?? "", /MY_KEY/);

	const fake = await startFakeOpenai();
	const local = createOpenaiEngine("local", { type: "openai", baseUrl: fake.baseUrl }, {});
	assert.equal((await local.check()).ok, true);
	await local.transcribe(requestFor(audioPath));
	assert.equal(fake.requests[0]?.authorization, null);
	await fake.close();
});

test("a key that cannot be one is refused without being shown", async () => {
	const environment = { OPENAI_API_KEY: "sk-canary\nsecond line" };
	const engine = createOpenaiEngine("remote", { type: "openai" }, environment);
	const error = await failureOf(engine.transcribe(requestFor(audioPath)));
	assert.equal(error.code, "ERR_ENGINE_AUTH");
	assert.ok(!inspect(error, { depth: null }).includes("canary"));
	assert.equal((await engine.check()).ok, false);
});

test("an address with a password in it is refused, and not repeated", () => {
	assert.throws(
		() =>
			createOpenaiEngine("x", { type: "openai", baseUrl: "https://me:hunter2@example.org" }, {}),
		(error: unknown) =>
			error instanceof OnwaxError &&
			error.code === "ERR_CONFIG" &&
			!inspect(error, { depth: null }).includes("hunter2"),
	);
});

test("a service that recovers is asked again, with every failed try on record", async () => {
	const date = new Date(Date.now() + 20_000).toUTCString();
	const script: FakeStep[] = [
		{ status: 429, retryAfter: "3" },
		{ status: 503, retryAfter: date },
		{ status: 500, retryAfter: "soon" },
		"reset",
		"truncated",
	];
	await withEngine({ script }, {}, async (engine, fake) => {
		const delaysMs: (number | null)[] = [];
		const outcome = await transcribeWithRetries(engine, requestFor(audioPath), {
			policy: { maxAttempts: 6, delaysSeconds: [1, 2, 4], maxDelaySeconds: 60 },
			sleep: async () => {},
			onAttemptFailed: (_attempt, nextDelayMs) => delaysMs.push(nextDelayMs),
		});
		assert.ok(outcome.kind === "done");
		assert.deepEqual(
			outcome.attempts.map((attempt) => [attempt.code, attempt.httpStatus]),
			[
				["ERR_ENGINE_RATE_LIMIT", 429],
				["ERR_ENGINE_UNAVAILABLE", 503],
				["ERR_ENGINE_UNAVAILABLE", 500],
				["ERR_ENGINE_UNAVAILABLE", null],
				["ERR_ENGINE_OUTPUT", 200],
			],
		);
		const [first, second, ...rest] = delaysMs;
		assert.deepEqual([first, ...rest], [3000, 4000, 4000, 4000]);
		assert.ok(second && second > 4000 && second <= 20_000, "the date is honoured");
		assert.equal(fake.requests.length, 6);
	});
});

for (const retryAfter of ["1000000000000", "1e12", "-5", "Thu, 01 Jan 2999 00:00:00 GMT"])
	test(`an absurd Retry-After (${retryAfter}) is ignored`, async () => {
		await withEngine({ script: [{ status: 429, retryAfter }] }, {}, async (engine) => {
			const error = await failureOf(engine.transcribe(requestFor(audioPath)));
			assert.deepEqual([error.code, error.retryAfterSeconds], ["ERR_ENGINE_RATE_LIMIT", null]);
		});
	});
