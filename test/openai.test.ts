import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type FakeOpenai, type FakeStep, startFakeOpenai } from "./fake-openai.ts";
import { createScenario, type Outcome, onwax, type Scenario, tone } from "./faults/scenario.ts";
import { tempFolder } from "./temp-folder.ts";

/** The whole program against a service that misbehaves: what is kept, what is said, what is asked. */

const canary = "sk-canary7ZqXb0Lw9";
const env = { ONWAX_TEST_KEY: canary };

type Meeting = { scenario: Scenario; fake: FakeOpenai; outcome: Outcome; folder: string };

/** Imports one recording while the service follows the script. */
async function meet(
	t: TestContext,
	service: Parameters<typeof startFakeOpenai>[0],
	config: object = {},
): Promise<Meeting> {
	const fake = await startFakeOpenai(service);
	t.after(() => fake.close());
	const engine = {
		type: "openai",
		baseUrl: fake.baseUrl,
		apiKeyEnv: "ONWAX_TEST_KEY",
		timeoutSeconds: 1,
	};
	const scenario = await createScenario(await tempFolder(t), {
		recordings: 1,
		config: {
			engine: "remote",
			engines: { remote: engine },
			retry: { maxAttempts: 3, delaysSeconds: [0.01] },
			compress: "none",
			...config,
		},
	});
	const outcome = await onwax(scenario, ["import", join(scenario.inputs, "tone-0.wav")], { env });
	const { name, state } = only(outcome);
	const folder = join(scenario.dataDir, "recordings", String(state), String(name));
	return { scenario, fake, outcome, folder };
}

function only({ lines, stderr }: Outcome): Record<string, unknown> {
	assert.equal(lines.length, 1, stderr);
	return lines[0] as Record<string, unknown>;
}

type ToldAttempt = { at: string; engine: string; code: string; httpStatus: number | null };

async function attemptsIn(folder: string): Promise<ToldAttempt[]> {
	const file = join(folder, "error.json");
	const text = await readFile(file, "utf8").catch(() => `{ "attempts": [] }`);
	return JSON.parse(text).attempts;
}

/** The audio is what came in, and the key is nowhere: not in what was said, not in any file. */
async function assertUntouched({ scenario, outcome, folder, fake }: Meeting): Promise<void> {
	assert.deepEqual(await readFile(join(folder, "audio.wav")), tone(200, 0.3));
	for (const { authorization } of fake.requests) assert.equal(authorization, `Bearer ${canary}`);
	assert.ok(!`${JSON.stringify(outcome.lines)}${outcome.stderr}`.includes(canary), "key was said");
	for (const entry of await readdir(scenario.home, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		assert.ok(!(await readFile(path)).includes(canary), `the key is in ${path}`);
	}
}

test("a good answer: text, segments and word times, and subtitles made of them", async (t) => {
	const meeting = await meet(t, { transcript: ["Ask not what", "your country"] });
	const { scenario, outcome, fake } = meeting;
	assert.equal(outcome.exitCode, 0, outcome.stderr);
	const recording = only(outcome) as { transcript?: { text: string; engine: string } };
	assert.equal(recording.transcript?.text, "Ask not what your country");
	assert.equal(recording.transcript.engine, "remote");
	assert.equal(fake.requests.length, 1);
	await assertUntouched(meeting);
	const srt = join(scenario.home, "talk.srt");
	const exported = await onwax(scenario, ["export", "last", "--format", "srt", "--output", srt]);
	assert.equal(exported.exitCode, 0, exported.stderr);
	const cue = /1\n00:00:00,000 --> 00:00:0\d,\d{3}\nAsk not what/;
	assert.match(await readFile(srt, "utf8"), cue);
	const json = join(scenario.home, "talk.json");
	await onwax(scenario, ["export", "last", "--format", "json", "--output", json]);
	const { segments } = JSON.parse(await readFile(json, "utf8"));
	assert.deepEqual(
		segments[0].words.map(({ text }: { text: string }) => text),
		["Ask", "not", "what"],
	);
});

const forGood: FakeStep[] = ["hang", "truncated"];

/** The service fails once, and the second request is answered. */
const passing: [name: string, step: FakeStep, code: string, httpStatus: number | null][] = [
	["429", { status: 429 }, "ERR_ENGINE_RATE_LIMIT", 429],
	["500", { status: 500 }, "ERR_ENGINE_UNAVAILABLE", 500],
	["503", { status: 503 }, "ERR_ENGINE_UNAVAILABLE", 503],
	["a service that never answers", "hang", "ERR_ENGINE_TIMEOUT", null],
	["a reset connection", "reset", "ERR_ENGINE_UNAVAILABLE", null],
	[
		"a connection reset in the middle of the answer",
		"reset-mid-body",
		"ERR_ENGINE_UNAVAILABLE",
		null,
	],
	["half an answer", "truncated", "ERR_ENGINE_OUTPUT", 200],
];

for (const [name, step, code, httpStatus] of passing) {
	test(`${name}, once: asked again, told on stderr and in error.json, text in the end`, async (t) => {
		const meeting = await meet(t, { script: [step] });
		const { outcome, folder, fake } = meeting;
		assert.equal(outcome.exitCode, 0, outcome.stderr);
		assert.equal(only(outcome).state, "success");
		assert.equal(fake.requests.length, 2);
		assert.match(outcome.stderr, /again/);
		const told = (await attemptsIn(folder)).map((one) => [one.engine, one.code, one.httpStatus]);
		assert.deepEqual(told, [["remote", code, httpStatus]]);
		await assertUntouched(meeting);
	});

	if (!forGood.includes(step)) continue;
	test(`${name}, for good: failed after three attempts, each in error.json, audio kept`, async (t) => {
		const meeting = await meet(t, { otherwise: step });
		const { outcome, folder, fake } = meeting;
		assert.equal(outcome.exitCode, 3, outcome.stderr);
		const { state, error } = only(outcome) as { state: string; error: { code: string } };
		assert.deepEqual([state, error.code], ["failed", code]);
		assert.equal(fake.requests.length, 3);
		const codes = (await attemptsIn(folder)).map((one) => one.code);
		assert.deepEqual(codes, [code, code, code]);
		await assertUntouched(meeting);
	});
}

/** Asking again would not help: one request, and the state says why. */
const final: [name: string, service: Parameters<typeof startFakeOpenai>[0], code: string][] = [
	["401, in words that quote the key,", { apiKey: "another" }, "ERR_ENGINE_AUTH"],
	["403", { otherwise: { status: 403 } }, "ERR_ENGINE_AUTH"],
	["400", { otherwise: { status: 400 } }, "ERR_ENGINE_REJECTED"],
	["413", { otherwise: { status: 413 } }, "ERR_ENGINE_TOO_LARGE"],
	["an exhausted quota", { otherwise: "quota" }, "ERR_ENGINE_QUOTA"],
];

for (const [name, service, code] of final) {
	test(`${name} is final: failed after one attempt, audio kept`, async (t) => {
		const meeting = await meet(t, service);
		const { outcome, folder, fake } = meeting;
		assert.equal(outcome.exitCode, 3, outcome.stderr);
		const { state, error } = only(outcome) as { state: string; error: { code: string } };
		assert.deepEqual([state, error.code], ["failed", code]);
		assert.equal(fake.requests.length, 1);
		assert.deepEqual(
			(await attemptsIn(folder)).map((one) => one.code),
			[code],
		);
		await assertUntouched(meeting);
	});
}

for (const form of ["seconds", "a date"]) {
	test(`Retry-After as ${form} is waited for, and longer than the program's own delay`, async (t) => {
		const notBefore = Math.ceil(Date.now() / 1000 + 1) * 1000;
		const retryAfter = form === "seconds" ? "1" : new Date(notBefore).toUTCString();
		// The failure that follows carries the time of the second request.
		const meeting = await meet(t, { script: [{ status: 429, retryAfter }, { status: 500 }] });
		assert.equal(meeting.outcome.exitCode, 0, meeting.outcome.stderr);
		const [first, second] = (await attemptsIn(meeting.folder)).map(({ at }) => Date.parse(at));
		const earliest = form === "seconds" ? (first ?? 0) + 1000 : notBefore;
		// Timers may come a moment early.
		assert.ok((second ?? 0) >= earliest - 20, `${second} is before ${earliest}`);
		await assertUntouched(meeting);
	});
}

test("a Retry-After of an hour is not waited for here: still pending, nothing lost", async (t) => {
	const meeting = await meet(t, { otherwise: { status: 429, retryAfter: "3600" } });
	const { outcome, folder, fake } = meeting;
	assert.equal(outcome.exitCode, 3, outcome.stderr);
	const { state, error } = only(outcome) as { state: string; error: { code: string } };
	assert.deepEqual([state, error.code], ["pending", "ERR_ENGINE_RATE_LIMIT"]);
	assert.equal(fake.requests.length, 1);
	assert.equal((await attemptsIn(folder)).length, 1);
	await assertUntouched(meeting);
});

test("an absurd Retry-After is a mistake of the service's: the program's own delays hold", async (t) => {
	const meeting = await meet(t, { script: [{ status: 429, retryAfter: "86400000" }] });
	assert.equal(meeting.outcome.exitCode, 0, meeting.outcome.stderr);
	assert.equal((await attemptsIn(meeting.folder)).length, 1);
	await assertUntouched(meeting);
});

test("an empty transcript is a result: nothing was said", async (t) => {
	const meeting = await meet(t, { otherwise: "empty" });
	assert.equal(meeting.outcome.exitCode, 0, meeting.outcome.stderr);
	const { state, transcript } = only(meeting.outcome) as Record<string, unknown>;
	assert.equal(state, "success");
	assert.equal((transcript as { text: string }).text, "");
	assert.deepEqual(await attemptsIn(meeting.folder), []);
	await assertUntouched(meeting);
});

test("a recording longer than a window is sent in windows, as FLAC, and its text is one", async (t) => {
	const fake = await startFakeOpenai({ transcript: ["Somebody says this."] });
	t.after(() => fake.close());
	const remote = { type: "openai", baseUrl: fake.baseUrl, windowSeconds: 5 };
	// The fake says the same of every window, which would pass for a loop.
	const coverage = { enabled: false };
	const scenario = await createScenario(await tempFolder(t), {
		recordings: 1,
		seconds: 14,
		config: { engine: "remote", engines: { remote }, compress: "none", coverage },
	});
	const outcome = await onwax(scenario, ["import", join(scenario.inputs, "tone-0.wav")], { env });
	assert.equal(only(outcome).state, "success", outcome.stderr);
	const files = fake.requests.map(({ file }) => file);
	assert.ok(files.length >= 3 && files.length <= 5, `${files.length} windows`);
	for (const file of files) {
		assert.match(file?.name ?? "", /\.flac$/);
		assert.ok((file?.sizeBytes ?? 0) < 5 * 32_000, `${file?.sizeBytes} bytes`);
	}
	const { text } = only(outcome).transcript as { text: string };
	assert.equal(text.match(/Somebody says this\./g)?.length, files.length);
});

test("what failed is asked for again by `retry --last`, and the history grows", async (t) => {
	const down: FakeStep = { status: 503 };
	const meeting = await meet(t, { script: [down, down, down, down] });
	const retried = await onwax(meeting.scenario, ["retry", "--last"], { env });
	assert.equal(retried.exitCode, 0, retried.stderr);
	const { state, name } = only(retried);
	assert.equal(state, "success");
	const folder = join(meeting.scenario.dataDir, "recordings", "success", String(name));
	assert.equal((await attemptsIn(folder)).length, 4);
	await assertUntouched({ ...meeting, folder, outcome: retried });
});

test("without a key nothing is sent; the audio is kept and the sentence names the variable", async (t) => {
	const scenario = await createScenario(await tempFolder(t), {
		recordings: 1,
		config: {
			engine: "remote",
			// An address that is nobody's: with a key it would be asked.
			engines: { remote: { type: "openai", baseUrl: "http://onwax.invalid/v1" } },
		},
	});
	const outcome = await onwax(scenario, ["import", scenario.inputs]);
	assert.equal(outcome.exitCode, 3, outcome.stderr);
	const { state, error } = only(outcome) as {
		state: string;
		error: { code: string; hint: string };
	};
	assert.deepEqual([state, error.code], ["failed", "ERR_ENGINE_AUTH"]);
	assert.match(error.hint, /OPENAI_API_KEY/);
});
