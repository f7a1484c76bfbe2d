import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Home, tempHome } from "./onwax-process.ts";
import { makeToneModel } from "./tone-model.ts";
import { type Tone, writeTones } from "./tones.ts";
import { makeVoiceModels } from "./voice-models.ts";

/** Two voices, which are tones, each of which says a letter again and again. */
const said: [letter: string, from: number, times: number][] = [
	["b", 1, 4],
	["k", 6, 3],
	["b", 12, 2],
];
const tones = said.flatMap(([letter, from, times]) =>
	Array.from(
		{ length: times },
		(_, i): Tone => ({ letter, startSeconds: from + i, durationSeconds: 0.8 }),
	),
);

/** A home with a model of speech, those of voices where wanted, and a talk in it. */
async function talkativeHome(t: TestContext, options: { voices: boolean }): Promise<Home> {
	const home = await tempHome(t);
	await home.configure({ coverage: { enabled: false } });
	const models = join(home.dataDir, "models");
	await makeToneModel(join(models, "tones"));
	if (options.voices) await makeVoiceModels(join(models, "voices"));
	await writeTones(join(home.folder, "talk.wav"), tones, { durationSeconds: 16 });
	const imported = await home.onwax(["import", join(home.folder, "talk.wav")]);
	assert.equal(imported.status, 0, imported.stderr);
	assert.match(imported.stdout, /b b b b\s+k k k\s+b b/);
	return home;
}

async function pathOf(home: Home): Promise<string> {
	const { stdout } = await home.onwax(["path", "last"]);
	return join(stdout.trim(), "..");
}

type Told = { label: string; turns: number; firstWords: string };

function speakersOf(told: Record<string, unknown> | undefined): Told[] {
	return (told?.speakers ?? []) as Told[];
}

function labelsOf(told: Record<string, unknown> | undefined): string[] {
	return speakersOf(told).map(({ label }) => label);
}

test("who says what is known after an import, is named, exported and found", async (t) => {
	const home = await talkativeHome(t, { voices: true });
	const [told] = await home.json(["speakers", "last"]);
	assert.deepEqual(
		speakersOf(told).map(({ label, turns, firstWords }) => [label, turns, firstWords.slice(0, 7)]),
		[
			["S1", 2, "b b b b"],
			["S2", 1, "k k k"],
		],
	);

	const named = await home.onwax(["speakers", "last", "s1=\u202eAnna", "S2=Dr. Who"]);
	assert.equal(named.status, 0, named.stderr);
	assert.match(named.stdout, /S1 {2}Anna .*2 turns[\s\S]*S2 {2}Dr\. Who .*1 turn\n/);
	const { stdout } = await home.onwax(["export", "last"]);
	assert.equal(stdout.replace(/ {2,}/g, " "), "Anna: b b b b\nDr. Who: k k k\nAnna: b b\n");
	assert.match((await home.onwax(["export", "last", "--format", "vtt"])).stdout, /<v Dr\. Who>k/);

	const found = async (...query: string[]) => (await home.json(["search", ...query])).length;
	assert.equal(await found("speaker:anna"), 1);
	assert.equal(await found("speaker:anna", "b"), 1);
	assert.equal(await found("speaker:anna", "k"), 0);
	assert.equal(await found('speaker:"dr. who"', '"k k"'), 1);
	await home.onwax(["speakers", "last", "S1="]);
	assert.equal(await found("speaker:anna"), 0);
	assert.equal(await found("speaker:s1"), 1);
	assert.equal((await home.onwax(["validate", "--all"])).status, 0);
});

test("without the models it says what is missing, and tells them apart when they are there", async (t) => {
	const home = await talkativeHome(t, { voices: false });
	const missing = await home.onwax(["speakers", "last"]);
	assert.equal(missing.status, 1);
	assert.match(
		missing.stderr,
		/needs two models[\s\S]*model pull\s+pyannote[\s\S]*model pull\s+titanet/,
	);
	const early = await home.onwax(["speakers", "last", "S1=Anna"]);
	assert.equal(early.status, 1);
	assert.match(early.stderr, /not told apart yet/);
	await makeVoiceModels(join(home.dataDir, "models", "voices"));
	const told = await home.onwax(["speakers", "last"]);
	assert.equal(told.status, 0, told.stderr);
	assert.match(told.stdout, /^S1 [\s\S]*^S2 /m);
	assert.match(told.stderr, /Name them: onwax speakers .* S1=NAME/);
});

test("told how many there are, it listens anew, and names stay with their voices", async (t) => {
	const home = await talkativeHome(t, { voices: true });
	await home.onwax(["speakers", "last", "S2=Ben"]);
	const [one] = await home.json(["speakers", "last", "--count", "1"]);
	assert.deepEqual([one?.count, labelsOf(one)], [1, ["S1"]]);
	const file = JSON.parse(await readFile(join(await pathOf(home), "speakers.json"), "utf8"));
	assert.deepEqual([file.format, file.count], [1, 1]);
	const [two] = await home.json(["speakers", "last", "--count", "0"]);
	assert.deepEqual([two?.count, labelsOf(two)], [null, ["S1", "S2"]]);
});

test("what is no assignment, nobody's label, or both at once is wrong usage", async (t) => {
	const home = await talkativeHome(t, { voices: true });
	for (const [args, says] of [
		[["Anna"], /not LABEL=NAME/],
		[["=Anna"], /not LABEL=NAME/],
		[["S1=\u200b"], /Nothing can be seen of that name[\s\S]*`S1=`/],
		[["S1=Anna", "S2=s1"], /"s1" reads like a label/],
		[["S7=Anna"], /Nobody here has the label "S7"[\s\S]*S1, S2/],
		[["S1=Anna", "--count", "2"], /other labels/],
		[["--count", "101"], /at most 100/],
	] as const) {
		const { status, stderr } = await home.onwax(["speakers", "last", ...args]);
		assert.equal(status, 2, args.join(" "));
		assert.match(stderr, says);
	}
});
