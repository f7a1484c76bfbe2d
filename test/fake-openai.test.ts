import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeOpenai, startFakeOpenai } from "./fake-openai.ts";

function formOf(fields: Record<string, string | Blob>): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields))
		if (typeof value === "string") form.append(name, value);
		else form.append(name, value, "audio.wav");
	return form;
}

async function post(fake: FakeOpenai, body: FormData | string, key = "right") {
	const response = await fetch(`${fake.baseUrl}/audio/transcriptions`, {
		method: "POST",
		headers: { authorization: `Bearer ${key}` },
		body,
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const file = new Blob(["audio"]);
const model = "whisper-1";

const refused: [why: string, body: FormData | string, status: number, key?: string][] = [
	["another key", formOf({ file, model }), 401, "wrong"],
	["something that is no form", "file=audio", 400],
	["no file", formOf({ model }), 400],
	["a file that is a text", formOf({ model, file: "audio" }), 400],
	["no model", formOf({ file }), 400],
	["a field that is not in the reference", formOf({ file, model, timestamps: "word" }), 400],
	["an empty file", formOf({ file: new Blob([]), model }), 400],
	["an unknown format", formOf({ file, model, response_format: "xml" }), 400],
	["times without verbose_json", formOf({ file, model, "timestamp_granularities[]": "word" }), 400],
	[
		"verbose_json of a model that has none",
		formOf({ file, model: "gpt-4o-transcribe", response_format: "verbose_json" }),
		400,
	],
];

for (const [why, body, status, key] of refused)
	test(`refuses ${why}, as the real service does`, async () => {
		const fake = await startFakeOpenai({ apiKey: "right" });
		const answer = await post(fake, body, key);
		await fake.close();
		assert.equal(answer.status, status);
		assert.ok(answer.body.error, "in OpenAI's shape");
	});

test("gives words and segments only where they were asked for", async () => {
	const fake = await startFakeOpenai({ transcript: ["One two.", "Three."] });
	const plain = await post(fake, formOf({ file, model }));
	const verbose = formOf({ file, model, response_format: "verbose_json" });
	const segments = await post(fake, verbose);
	verbose.append("timestamp_granularities[]", "word");
	const words = await post(fake, verbose);
	await fake.close();
	assert.deepEqual([plain.body.text, plain.body.segments], ["One two. Three.", undefined]);
	assert.equal((segments.body.segments as unknown[]).length, 2);
	assert.equal(segments.body.words, undefined);
	assert.equal((words.body.words as unknown[]).length, 3);
	assert.equal(words.body.segments, undefined);
});

test("follows its script, then answers properly, and remembers what came", async () => {
	const fake = await startFakeOpenai({ script: [{ status: 429, retryAfter: "7" }] });
	const first = await post(fake, formOf({ file, model }));
	const second = await post(fake, formOf({ file, model }));
	await fake.close();
	assert.deepEqual([first.status, second.status], [429, 200]);
	assert.deepEqual(
		fake.requests.map((request) => [request.file?.sizeBytes, request.fields.model]),
		[
			[5, [model]],
			[5, [model]],
		],
	);
});
