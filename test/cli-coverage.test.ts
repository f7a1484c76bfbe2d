import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { sample } from "../src/app/sample.ts";
import type { Library } from "../src/library/library.ts";
import { openLibrary } from "../src/library/open.ts";
import { silentLogger } from "../src/logger.ts";
import { coverageWith, doubt, publishJudged } from "./doubtful-recording.ts";
import { type Home, tempHome } from "./onwax-process.ts";
import { exampleOutput } from "./transcribed-recording.ts";

const gaps = [
	doubt("gap", 83.4),
	doubt("gap", 245, { askedAgain: 1, reason: "The service took\u001b[31m too long." }),
];
const doubts = [...gaps, doubt("loop", 420, { text: "thank you thank you" })];

const fallback = { wanted: "openai", reason: "there is no network" };

/** What is put into the library is there when a command looks. */
async function inLibrary<T>(home: Home, work: (library: Library) => Promise<T>): Promise<T> {
	const { library } = await openLibrary({
		dataDir: home.dataDir,
		appVersion: "0.1.0",
		reserveBytes: 0,
		slowQueryMs: 10_000,
		log: silentLogger,
	});
	try {
		return await work(library);
	} finally {
		await library.close();
	}
}

/** A whole text, one that is not whole, an empty one over speech, and one that nobody judged. */
async function homeWithTexts(t: TestContext) {
	const home = await tempHome(t);
	const repairs = [
		{ kind: "gap" as const, startSeconds: 1, endSeconds: 2, before: "", after: "x" },
	];
	const names = await inLibrary(home, async (library) => ({
		whole: await publishJudged(library, 1, coverageWith([])),
		lacking: await publishJudged(library, 2, coverageWith(doubts, { repairs }), {}, fallback),
		empty: await publishJudged(library, 3, coverageWith([doubt("gap", 0)]), { text: "" }),
		unjudged: await publishJudged(library, 4, null),
	}));
	return { home, names };
}

test("a text that is not whole is marked in the list, which says what the mark means", async (t) => {
	const { home, names } = await homeWithTexts(t);
	const listed = await home.onwax(["list"]);
	const lineOf = (name: string) => listed.stdout.split("\n").find((line) => line.startsWith(name));
	assert.match(lineOf(names.lacking) ?? "", /success ! /);
	assert.match(lineOf(names.empty) ?? "", /success ! .*\(no words, though somebody speaks\)/);
	assert.match(lineOf(names.whole) ?? "", /success {4,}/);
	assert.match(lineOf(names.unjudged) ?? "", /success {4,}/);
	assert.match(listed.stderr, /^! not whole: .*onwax show/);
	const incomplete = await home.json(["list", "--incomplete"]);
	const named = incomplete.map(({ name }) => name);
	assert.deepEqual(named, [names.empty, names.lacking]);
	const [first, ...others] = await home.json(["list", "--incomplete", "--limit", "1"]);
	assert.deepEqual([first?.name, others], [names.empty, []]);
});

test("where all texts are whole, the list has no mark and explains none", async (t) => {
	const home = await tempHome(t);
	const heardMore = coverageWith([doubt("unheard", 3)]);
	await inLibrary(home, (library) => publishJudged(library, 1, heardMore));
	const listed = await home.onwax(["list"]);
	assert.doesNotMatch(listed.stdout, /!/);
	assert.equal(listed.stderr, "");
	const none = await home.onwax(["list", "--incomplete"]);
	assert.deepEqual([none.status, none.stderr], [0, "Nothing like that.\n"]);
});

test("show tells every doubt with its time, what was done about it, and how to hear it", async (t) => {
	const { home, names } = await homeWithTexts(t);
	const { stdout, status } = await home.onwax(["show", names.lacking]);
	assert.equal(status, 0);
	for (const said of [
		/text by +example \(small, en\), 1\.0 s, just now/,
		/instead of +openai: there is no network/,
		/coverage +words over 9:48 of 10:00 of speech \(98 %\), 3 places in doubt, 1 mended/,
		/Not whole:\n +1:23–1:30 +speech without words; asked again twice, in vain\n/,
		/4:05–4:11 +speech without words; asked again once: The service took\\e\[31m too long\./,
		/7:00–7:06 +the same again and again: “thank you thank you”/,
		/`onwax play \S+ --at 1:23`/,
		/`onwax transcribe \S+ --engine NAME` .*`onwax diff \S+`/,
	])
		assert.match(stdout, said);
	const unjudged = (await home.onwax(["show", "last"])).stdout;
	assert.match(unjudged, /coverage +not known/);
	assert.doesNotMatch(unjudged, /Not whole|instead of/);
	const whole = (await home.onwax(["show", names.whole])).stdout;
	assert.match(whole, /\(100 %\), nothing in doubt\n/);
	assert.doesNotMatch(whole, /Not whole/);
});

test("the text alone stays alone on stdout, and stderr says that it is not whole", async (t) => {
	const { home, names } = await homeWithTexts(t);
	const { stdout, stderr } = await home.onwax(["show", "--text", names.lacking]);
	assert.equal(stdout, `${exampleOutput.text}\n`);
	assert.match(
		stderr,
		/^Not whole: 2 stretches of speech without words \(0:12 in all\), at 1:23 and 4:05; 1 phrase again and again, at 7:00\. `onwax show /,
	);
});

test("scripts get the numbers, and null where nobody judged", async (t) => {
	const { home, names } = await homeWithTexts(t);
	const [lacking, unjudged] = await home.json(["show", names.lacking, names.unjudged]);
	const judged = Object(lacking?.transcript);
	const numbers = {
		speechSeconds: 600,
		coveredSeconds: 588,
		gaps: 2,
		loops: 1,
		unheard: 0,
		failedWindows: 0,
	};
	assert.deepEqual(judged.coverage, numbers);
	assert.deepEqual(judged.fallback, fallback);
	const { coverage, fallback: none } = Object(unjudged?.transcript);
	assert.deepEqual([coverage, none], [null, null]);
	const exported = await home.onwax(["export", names.lacking, "--format", "json"]);
	assert.equal(JSON.parse(exported.stdout).coverage.doubts[1].reason, gaps[1]?.reason);
	const page = (await home.onwax(["export", names.lacking, "--format", "md"])).stdout;
	assert.match(page, /^- Speech without words: 1:23–1:30, 4:05–4:11$/m);
	assert.match(page, /^- Again and again: 7:00–7:06$/m);
	assert.doesNotMatch(page, /Words where nobody speaks/);
});

test("a retry of a text that is not whole says what helps", async (t) => {
	const { home, names } = await homeWithTexts(t);
	await home.engine("process.stdout.write('x')");
	const lacking = await home.onwax(["retry", names.empty]);
	assert.equal(lacking.status, 1);
	assert.match(
		lacking.stderr.replace(/\s+/g, " "),
		/not whole\. .*transcribe \S+ --engine NAME` .*onwax diff/,
	);
	const whole = await home.onwax(["retry", names.whole]);
	assert.match(whole.stderr, /has its text already/);
});

const speakers = [
	["S1", "How was the trip?"],
	["S1", "Tell me."],
	["S2", "It was long."],
	["S1", "I see."],
] as const;

test("show gives each speaker's turn a line, with the name that somebody gave", async (t) => {
	const home = await tempHome(t);
	const segments = speakers.map(([speaker, text], at) => {
		return { speaker, text, startSeconds: at, endSeconds: at + 1, words: [] };
	});
	const text = speakers.map(([, said]) => said).join(" ");
	const fields = { text, originalText: text, segments, speakerNames: { S1: "Anna" } };
	await inLibrary(home, (library) => publishJudged(library, 1, null, fields));
	const { stdout } = await home.onwax(["show", "last"]);
	assert.match(stdout, /\nAnna: How was the trip\? Tell me\.\nS2: It was long\.\nAnna: I see\.\n/);
	assert.equal((await home.onwax(["show", "last", "--text"])).stdout, `${text}\n`);
});

async function withTwoEngines(home: Home): Promise<void> {
	const script = join(home.folder, "engine.mjs");
	await writeFile(
		script,
		"if (process.argv[2] === 'no') process.exit(9); console.log('a few words')",
	);
	const command = (arg: string) => [process.execPath, script, arg, "{audio}"];
	await home.configure({
		engine: ["wanted", "other"],
		engines: {
			wanted: { type: "command", command: command("no") },
			other: { type: "command", command: command("yes") },
		},
		retry: { maxAttempts: 1 },
		coverage: { enabled: false },
	});
}

test("a text by another engine than the wanted one says so beside it, once for many alike", async (t) => {
	const home = await tempHome(t);
	await withTwoEngines(home);
	const { buildWavHeader } = await import("../src/wav.ts");
	const fields = { encoding: "pcm", sampleRate: 8000, channels: 1, bitDepth: 16 } as const;
	for (const seed of [1, 2, 3]) {
		const header = buildWavHeader({ ...fields, dataBytes: 8000 });
		await writeFile(
			join(home.folder, `${seed}.wav`),
			Buffer.concat([header, Buffer.alloc(8000, seed)]),
		);
	}
	const one = await home.onwax(["import", "1.wav"]);
	assert.equal(one.status, 0, one.stderr);
	assert.match(one.stdout, /\n\na few words\n$/);
	assert.match(one.stderr, /^By other instead of wanted: .*\.\n$/m);
	const many = await home.onwax(["import", "2.wav", "3.wav"]);
	assert.equal(many.stderr.match(/By other instead of wanted/g)?.length, 1, many.stderr);
	assert.match(many.stderr, /^\d{4}-\S+: By other/m, "with its name, for it does not stand below");
	const [kept] = await home.json(["show", "last"]);
	assert.equal(Object(kept?.transcript).fallback.wanted, "wanted");
});

test("a new text of another engine's says how to compare it with the one before", async (t) => {
	const { home, names } = await homeWithTexts(t);
	await home.engine("process.stdout.write('something else')", { coverage: { enabled: false } });
	const made = await home.onwax(["transcribe", names.whole, "--engine", "fake"]);
	assert.equal(made.status, 0, made.stderr);
	assert.match(made.stderr, /`onwax diff \S+` compares it with before\./);
	assert.doesNotMatch(made.stderr, /Not whole/, "nobody judged it");
});

test("speech of which an engine says nothing is told as that, and not as silence", async (t) => {
	const home = await tempHome(t);
	await home.engine("", { coverage: { enabled: true } });
	const made = await home.onwax(["import", sample.path]);
	assert.equal(made.status, 0, made.stderr);
	assert.match(made.stdout, /\n\n\(no words, though somebody speaks\)\n$/);
	assert.match(
		made.stderr,
		/^Not whole: 1 stretch of speech without words \(0:0\d\), at 0:00\. `onwax show last` tells more\.$/m,
	);
	const again = ["transcribe", "last", "--engine", "fake"];
	assert.match((await home.onwax(again)).stderr, /^Not whole: /m, "as stored");
	const quiet = await home.onwax([...again, "--json"]);
	assert.doesNotMatch(quiet.stderr, /Not whole/, "scripts have the numbers");
});
