import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { writeTones } from "../../test/tones.ts";
import { makeVoiceModels } from "../../test/voice-models.ts";
import { inOrderOfAppearance } from "./diarise.ts";
import { readDiarisationModels } from "./model-folder.ts";
import { openSpeech } from "./open-speech.ts";
import type { DiarisationModels } from "./speech.ts";

const signal = new AbortController().signal;

/** The second of the model's voices speaks first. */
const conversation = [
	{ letter: "k", startSeconds: 1, durationSeconds: 4 },
	{ letter: "b", startSeconds: 7, durationSeconds: 5 },
	{ letter: "k", startSeconds: 14, durationSeconds: 3 },
	{ letter: "b", startSeconds: 20, durationSeconds: 6 },
];

async function ground(t: TestContext) {
	const folder = await tempFolder(t);
	await makeVoiceModels(join(folder, "voices"));
	const models = (await readDiarisationModels(folder)) as DiarisationModels;
	const path = join(folder, "talk.wav");
	await writeTones(path, conversation, { durationSeconds: 30 });
	const speech = openSpeech();
	t.after(() => speech.close());
	return { folder, models, path, speech };
}

test("two voices are told apart, numbered as they are first heard, each where it speaks", async (t) => {
	const { models, path, speech } = await ground(t);
	for (const count of [null, 2]) {
		const turns = await speech.diarise(models, path, { count, signal });
		assert.deepEqual(
			turns.map(({ speaker }) => speaker),
			[0, 1, 0, 1],
		);
		for (const [index, { startSeconds, durationSeconds }] of conversation.entries()) {
			const turn = turns[index];
			assert.ok(Math.abs((turn?.startSeconds ?? 0) - startSeconds) < 0.1);
			assert.ok(Math.abs((turn?.endSeconds ?? 0) - startSeconds - durationSeconds) < 0.1);
		}
	}
});

test("as many speakers as somebody said there are; silence has none", async (t) => {
	const { folder, models, path, speech } = await ground(t);
	const one = await speech.diarise(models, path, { count: 1, signal });
	assert.deepEqual(new Set(one.map(({ speaker }) => speaker)), new Set([0]));
	for (const durationSeconds of [0, 0.5, 20]) {
		const silence = join(folder, "silence.wav");
		await writeTones(silence, [], { durationSeconds });
		assert.deepEqual(await speech.diarise(models, silence, { count: null, signal }), []);
	}
});

test("damaged models are told of by name, and not tried again", async (t) => {
	const { models, path, speech } = await ground(t);
	writeFileSync(models.segmentation, "not a model");
	await assert.rejects(speech.diarise(models, path, { count: null, signal }), {
		code: "ERR_ENGINE",
		retryable: false,
		message: /The model voices cannot be loaded/,
	});
});

test("speakers are numbered as they are first heard, whatever the library calls them", () => {
	const turn = (startSeconds: number, speaker: number) => ({
		...{ startSeconds, endSeconds: startSeconds + 1, speaker },
	});
	assert.deepEqual(inOrderOfAppearance([turn(5, 0), turn(1, 7), turn(3, 2), turn(9, 7)]), [
		...[turn(1, 0), turn(3, 1), turn(5, 2), turn(9, 0)],
	]);
});
