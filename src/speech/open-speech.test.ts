import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { makeToneModel } from "../../test/tone-model.ts";
import { makeToneTransducer } from "../../test/tone-transducer.ts";
import { toneLetters, writeTones } from "../../test/tones.ts";
import { readModelFolder } from "./model-folder.ts";
import { openSpeech } from "./open-speech.ts";
import type { RecogniseOptions, RecognitionModel, Speech } from "./speech.ts";

type Ground = {
	folder: string;
	speech: Speech;
	model: RecognitionModel;
	/** Twelve letters in twelve seconds. */
	letters: string;
	recognise: (options?: Partial<RecogniseOptions>, path?: string) => Promise<string>;
};

async function ground(t: TestContext, labour = 0): Promise<Ground> {
	const folder = await tempFolder(t);
	await makeToneModel(join(folder, "tones"), { labour });
	const letters = join(folder, "letters.wav");
	const tones = toneLetters.map((letter, index) => ({ letter, startSeconds: index + 0.5 }));
	await writeTones(letters, tones, { durationSeconds: 12 });
	const speech = openSpeech();
	t.after(() => speech.close());
	const model = (await readModelFolder(join(folder, "tones"))) as RecognitionModel;
	const recognise = async (options: Partial<RecogniseOptions> = {}, path = letters) =>
		(await speech.recognise(model, path, { ...usual, ...options })).text;
	return { folder, speech, model, letters, recognise };
}

/** Kills its first process, if there is one. */
function strike(speech: Speech): void {
	const [pid] = speech.pids();
	if (pid !== undefined) process.kill(pid, "SIGKILL");
}

const usual: RecogniseOptions = {
	threads: 1,
	language: null,
	setting: "usual",
	vocabulary: [],
	timeoutSeconds: 60,
	signal: new AbortController().signal,
};
const alphabet = toneLetters.join(" ");

test("a model is loaded once: what follows, also at the same time, is heard by the same process", async (t) => {
	const { recognise, speech } = await ground(t);
	assert.equal(await recognise(), alphabet);
	const pids = speech.pids();
	assert.equal(pids.length, 1);
	assert.deepEqual(await Promise.all([recognise(), recognise(), recognise()]), [
		...[alphabet, alphabet, alphabet],
	]);
	assert.deepEqual(speech.pids(), pids);
});

test("the other setting hears the same sound, and tells times of the file as it is", async (t) => {
	const { speech, model, letters } = await ground(t);
	const [one, other] = await Promise.all([
		speech.recognise(model, letters, usual),
		speech.recognise(model, letters, { ...usual, setting: "other" }),
	]);
	assert.equal(other.text, alphabet);
	for (const [index, token] of one.tokens.entries()) {
		const shifted = other.tokens[index]?.startSeconds ?? 0;
		assert.ok(Math.abs(token.startSeconds - shifted) <= 0.02);
	}
});

test("a recogniser that is killed while it is idle is not missed", async (t) => {
	const { recognise, speech } = await ground(t);
	await recognise();
	strike(speech);
	assert.equal(await recognise(), alphabet);
});

test("a recogniser that is killed at work: all that it had in hand ends well, or as retryable", async (t) => {
	const { recognise, speech } = await ground(t, 150);
	await recognise();
	const works = [recognise(), recognise(), recognise()];
	strike(speech);
	assert.deepEqual(await Promise.all(works), [alphabet, alphabet, alphabet]);
	const alone = recognise();
	const struck = setInterval(() => strike(speech), 1);
	await assert.rejects(alone, { code: "ERR_ENGINE", retryable: true });
	clearInterval(struck);
	assert.equal(await recognise(), alphabet);
});

test("an aborted recognition ends at once, and the next one works", async (t) => {
	const { recognise } = await ground(t, 300);
	await recognise();
	const abort = new AbortController();
	const aborted = recognise({ signal: abort.signal });
	const other = recognise();
	abort.abort();
	await assert.rejects(aborted, { code: "ERR_INTERRUPTED" });
	assert.equal(await other, alphabet);
	await assert.rejects(recognise({ signal: AbortSignal.abort() }), { code: "ERR_INTERRUPTED" });
});

test("a recognition that takes longer than it may is stopped", async (t) => {
	const { recognise } = await ground(t, 300);
	await assert.rejects(recognise({ timeoutSeconds: 0.001 }), {
		code: "ERR_ENGINE_TIMEOUT",
		retryable: true,
	});
});

test("damaged models fail with their name, are not tried again, and take nothing down", async (t) => {
	const { folder, speech, letters, recognise } = await ground(t);
	const whole = readFileSync(join(folder, "tones", "model.onnx"));
	const damages: [string, Buffer][] = [
		["empty", Buffer.alloc(0)],
		["cut-short", whole.subarray(0, whole.length >> 1)],
		["no-model", Buffer.from("<html>404</html>")],
		["zeros", Buffer.alloc(whole.length)],
		// Loads, and then the library ends the process, because it misses what should be written in it.
		["unmarked", whole.subarray(0, whole.indexOf("vocab_size") - 4)],
	];
	for (const [name, bytes] of damages) {
		const broken = join(folder, name);
		mkdirSync(broken);
		writeFileSync(join(broken, "model.onnx"), bytes);
		copyFileSync(join(folder, "tones", "tokens.txt"), join(broken, "tokens.txt"));
		const files = { model: join(broken, "model.onnx"), tokens: join(broken, "tokens.txt") };
		const model = { family: "nemo-ctc", folder: broken, files } as const;
		const works = [1, 2].map(() => speech.recognise(model, letters, usual));
		for (const { status, reason } of (await Promise.allSettled(works)) as PromiseRejectedResult[]) {
			assert.equal(status, "rejected");
			assert.equal(reason.code, "ERR_ENGINE", name);
			assert.equal(reason.retryable, false, name);
			assert.match(reason.message, new RegExp(`The model ${name} cannot be loaded`));
			assert.match(reason.hint, new RegExp(`onwax model pull ${name}`));
		}
	}
	assert.equal(await recognise(), alphabet);
});

test("sound that is no WAV, or is not there, is said to be so", async (t) => {
	const { folder, recognise, speech } = await ground(t);
	const text = join(folder, "text.wav");
	writeFileSync(text, "not a sound");
	await assert.rejects(recognise({}, text), { code: "ERR_AUDIO_UNREADABLE" });
	await assert.rejects(recognise({}, join(folder, "none.wav")), { code: "ERR_NOT_FOUND" });
	const { signal } = usual;
	await assert.rejects(speech.listen(text, { signal }), { code: "ERR_AUDIO_UNREADABLE" });
	const none = join(folder, "none.wav");
	await assert.rejects(speech.listen(none, { signal }), { code: "ERR_NOT_FOUND" });
});

test("the shortest sound there is has no words, and no process dies of it", async (t) => {
	const { folder, recognise } = await ground(t);
	for (const durationSeconds of [0, 1 / 16_000, 0.01, 0.1]) {
		const path = join(folder, "short.wav");
		await writeTones(path, [], { durationSeconds });
		assert.equal(await recognise({}, path), "");
	}
});

test("a transducer as Parakeet is one: words, times and how long they last; hot words do not stop it", async (t) => {
	const { folder, speech, letters } = await ground(t);
	const parakeet = join(folder, "parakeet");
	await makeToneTransducer(parakeet);
	for (const withVocabulary of [false, true]) {
		const lines = toneLetters.map((letter, index) => `▁${letter}\t${-index}\n`).join("");
		if (withVocabulary) writeFileSync(join(parakeet, "bpe.vocab"), lines);
		const model = (await readModelFolder(parakeet)) as RecognitionModel;
		assert.equal(model.family, "transducer");
		// Signs that mean something to the library, and letters that the model does not have.
		const vocabulary = ["c d", "a/b:2", "ö", "", "\n"];
		const heard = await speech.recognise(model, letters, { ...usual, vocabulary });
		assert.equal(heard.text, alphabet);
		for (const [index, { startSeconds, endSeconds }] of heard.tokens.entries()) {
			assert.ok(Math.abs(startSeconds - index - 0.5) <= 0.05);
			assert.ok(endSeconds > startSeconds && endSeconds < startSeconds + 0.33);
		}
	}
});
