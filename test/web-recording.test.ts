import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import {
	engineFilename,
	prepareEngineOutput,
	prepareTranscript,
} from "../src/archive/transcript-file.ts";
import type { Config } from "../src/config/defaults.ts";
import { changeRecording } from "../src/library/change.ts";
import { originalSha256 } from "../src/recording.ts";
import type { Coverage, EngineOutput, Segment, Transcript } from "../src/transcript.ts";
import { tempFolder } from "./temp-folder.ts";
import type { TempService } from "./temp-service.ts";
import { makeToneModel } from "./tone-model.ts";
import { writeTones } from "./tones.ts";
import { waitingEngine } from "./waiting-engine.ts";
import { seriousFindings } from "./web/axe.ts";
import { startWebTest } from "./web/browser.ts";

/** The page of one recording, built as it is served, in a real browser over a real service. */

const hostile = '<img src=x onerror="window.hit=1">';
const { ONWAX_TEST_SHOTS: shots = null } = process.env;
/** The page over a library whose engine hears tones as letters, and gives every word its time. */
async function startHearing(t: TestContext) {
	const dataDir = await mkdtemp(join(tmpdir(), "onwax-test-"));
	await makeToneModel(join(dataDir, "models", "tones"));
	const context = { viewport: { width: 1440, height: 900 } };
	const started = await startWebTest(t, { settings: { dataDir }, context });
	// Only when everything else is closed: this is the last to be asked for.
	t.after(() => rm(dataDir, { recursive: true, force: true }));
	return started;
}

/** Letters as tones, half a second apart, sent as an upload. */
async function sendTones(t: TestContext, { ask }: TempService, letters: string) {
	const path = join(await tempFolder(t), "tones.wav");
	const tones = [...letters].map((letter, index) => ({ letter, startSeconds: 0.5 + index / 2 }));
	await writeTones(path, tones, { durationSeconds: letters.length / 2 + 2.5 });
	const answer = await ask("/api/v1/recordings?filename=tones.wav", {
		method: "POST",
		body: await readFile(path),
		headers: { "content-type": "audio/wav" },
	});
	assert.equal(answer.status, 201, await answer.clone().text());
	return ((await answer.json()) as { name: string }).name;
}

/** Puts a transcript of the test's own in the place of what an engine said. */
async function writeTranscript(
	{ app }: TempService,
	name: string,
	output: EngineOutput,
	more: Partial<Transcript> = {},
) {
	await changeRecording(app.library, name, async ({ folder, metadata }) => {
		const { engine, model, language, text, segments, coverage } = output;
		const audioSha256 = originalSha256(metadata);
		const engineFile = engineFilename({ audioSha256, engine, model, parameters: {} });
		const written = await prepareTranscript(folder, {
			...{ format: 1, engineFile, engine, model, language, text, originalText: text, segments },
			...{ lexicons: [], edit: null, lexiconError: null },
			...(coverage === undefined ? {} : { coverage }),
			...more,
		});
		const files = {
			...metadata.files,
			...written,
			[engineFile]: await prepareEngineOutput(folder, engineFile, output),
		};
		const completedAt = new Date().toISOString();
		const told = { engine, model, language, engineFile, completedAt };
		const counts = { speechSeconds: 9, coveredSeconds: 6, gaps: 1, loops: 0, unheard: 1 };
		const judged = {
			coverage: coverage ? { ...counts, failedWindows: 0 } : null,
			fallback: { wanted: "large", reason: "It could not be reached." },
		};
		const transcription = { ...told, latencySeconds: 1, attempts: 1, ...judged };
		return { fields: { state: "success", error: null, title: hostile, files, transcription } };
	});
}

async function playerSeconds(page: Page): Promise<number> {
	return page.evaluate(() => document.querySelector("audio")?.currentTime ?? -1);
}

async function hasText(service: TempService, name: string): Promise<string | null> {
	const answer = await service.ask(`/api/v1/recordings/${name}/transcript`);
	return answer.ok ? ((await answer.json()) as { text: string }).text : null;
}

test("the text of a long recording is there as far as it is settled, while the rest is heard", async (t) => {
	const engine = await waitingEngine(t);
	const { service, page, complaints } = await startWebTest(t, { settings: engine.settings });
	const answer = await service.ask("/api/v1/recordings?filename=long.wav", {
		method: "POST",
		body: await readFile(engine.recordingPath),
		headers: { "content-type": "audio/wav" },
	});
	const { name } = (await answer.json()) as { name: string };
	await page.goto(`${service.url}/recordings/${name}`);
	const text = page.getByRole("region", { name: "Text" });
	await text.getByText("cooper number 1", { exact: true }).waitFor();
	await text.getByText(/The text so far/).waitFor();
	if (shots) await page.screenshot({ path: join(shots, "recording-being-written.png") });
	assert.deepEqual(await seriousFindings(page), []);
	await engine.goOn();
	await text.getByText(/cooper number 2/).waitFor();
	await text.getByText(/The text so far/).waitFor({ state: "detached" });
	await text.getByText(/cooper number 3/).waitFor();
	assert.deepEqual(complaints, []);
});

test("text appears by itself, a click on a word is heard there, and an edit is saved and undone", async (t) => {
	const { service, page, complaints } = await startHearing(t);
	const name = await sendTones(t, service, "abcdefgh");
	await page.goto(`${service.url}/recordings/${name}`);
	await page.locator("#w7").waitFor();

	await page.locator("#w4").click();
	await page.waitForFunction(() => document.querySelector("audio")?.paused === false);
	const at = await playerSeconds(page);
	assert.ok(at >= 2.3 && at < 4.5, `e sounds from 2.5 s, and ${at} was played`);
	await page.locator("[data-now]").first().waitFor();
	await page.getByRole("button", { name: "Pause" }).click();
	await page.waitForFunction(() => document.querySelector("audio")?.paused);

	await page.getByRole("slider", { name: "Position in the recording" }).press("Home");
	assert.equal(await playerSeconds(page), 0);

	await page.locator("main").focus();
	await page.keyboard.press("ArrowRight");
	assert.equal(await playerSeconds(page), 5);
	await page.keyboard.press("]");
	const speed =
		"[document.querySelector('audio').playbackRate, document.querySelector('audio').preservesPitch]";
	assert.deepEqual(await page.evaluate(speed), [1.25, true]);
	await page.keyboard.press("e");
	const field = page.getByRole("textbox", { name: "The whole text" });
	assert.equal(await field.inputValue(), "a b c d e f g h");
	await field.fill("a b c Dee e f g h");
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await page.locator("#w3", { hasText: "Dee" }).waitFor();
	assert.equal(await hasText(service, name), "a b c Dee e f g h");
	await page.getByRole("button", { name: "Undo" }).click();
	await page.locator("#w3", { hasText: /^d$/ }).waitFor();
	assert.equal(await hasText(service, name), "a b c d e f g h");

	// Who comes by a word of a search finds it marked.
	await page.goto(`${service.url}/?q=f`);
	await page.getByRole("article").getByRole("link").click();
	await page.getByRole("searchbox", { name: "Find in this text" }).waitFor();
	await page.getByText("1 of 1").waitFor();
	assert.deepEqual(complaints, []);
});

test("typed text outlives a reload; a change that somebody else made is shown, and neither is lost", async (t) => {
	const { service, page, complaints } = await startHearing(t);
	const name = await sendTones(t, service, "abcdefgh");
	await page.goto(`${service.url}/recordings/${name}`);
	await page.locator("#w7").waitFor();
	await page.getByRole("button", { name: "Edit", exact: true }).click();
	const field = page.getByRole("textbox", { name: "The whole text" });
	await field.fill("mine a b c");
	await page.reload();
	await page.getByRole("button", { name: "Go on editing" }).click();
	assert.equal(await field.inputValue(), "mine a b c");

	const others = await service.ask(`/api/v1/recordings/${name}`, {
		method: "PATCH",
		body: JSON.stringify({ text: "theirs a b c" }),
		headers: { "content-type": "application/json" },
	});
	assert.equal(others.status, 200);
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await page.getByText("Somebody changed this text").waitFor();
	await page.getByText("theirs a b c").waitFor();
	assert.equal(await hasText(service, name), "theirs a b c");
	await page.getByRole("button", { name: "Use the other one" }).click();
	await field.waitFor({ state: "detached" });
	assert.equal(await hasText(service, name), "theirs a b c");
	const layers = (await (await service.ask(`/api/v1/recordings/${name}/layers`)).json()) as {
		edits: { text: string }[];
	};
	const [newest, before] = layers.edits.map(({ text }) => text);
	assert.deepEqual([newest, before], ["theirs a b c", "mine a b c"]);
	assert.deepEqual(complaints, []);
});

test("without an engine the page says that the text waits, and the audio can be heard", async (t) => {
	const { service, page, complaints } = await startWebTest(t);
	const name = await sendTones(t, service, "ab");
	await page.goto(`${service.url}/recordings/${name}`);
	await page.getByText("No engine is set up here, so the text waits.").waitFor();
	await page.getByRole("button", { name: "Play", exact: true }).click();
	await page.waitForFunction(() => (document.querySelector("audio")?.currentTime ?? 0) > 0);
	if (shots) await page.screenshot({ path: join(shots, "no-engine.png") });
	assert.deepEqual(complaints, []);
});

const doubted: Coverage = {
	detector: "silero",
	speechSeconds: 9,
	coveredSeconds: 6,
	repairs: [],
	doubts: [
		{ kind: "gap", startSeconds: 1.6, endSeconds: 3.6, text: "", askedAgain: 1, reason: hostile },
		{ kind: "unheard", startSeconds: 4, endSeconds: 5, text: "five", askedAgain: 0, reason: null },
	],
};

function hostileTranscript(): EngineOutput {
	const word = (text: string, startSeconds: number) => ({
		text,
		...{ startSeconds, endSeconds: startSeconds + 0.4 },
	});
	const segments: Segment[] = [
		{
			...{ text: `one ${hostile} three`, startSeconds: 0.5, endSeconds: 1.5, speaker: "S1" },
			words: [word("one", 0.5), word(hostile, 0.8), word("three", 1.2)],
		},
		{
			...{ text: "four five Kubernetes.", startSeconds: 3.8, endSeconds: 5.6, speaker: "S2" },
			words: [
				word("four", 3.8),
				word("five", 4.2),
				{
					...word("Kubernetes.", 5),
					provenance: [{ original: hostile, lexicon: "names", version: 2, rule: "kuber" }],
				},
			],
		},
	];
	const text = segments.map((segment) => segment.text).join(" ");
	return { engine: "example", model: "small", language: "en", text, segments, coverage: doubted };
}

test("doubts, speakers and corrections are shown in words, hostile text stays text, axe finds nothing serious", async (t) => {
	const { service, page, complaints } = await startHearing(t);
	const name = await sendTones(t, service, "abcdefgh");
	await page.goto(`${service.url}/recordings/${name}`);
	await page.locator("#w7").waitFor();
	await writeTranscript(service, name, hostileTranscript(), {
		speakerNames: { S1: hostile },
		lexicons: [{ name: "names", version: 2, replacements: 1 }],
	});
	await page.locator("#w5", { hasText: "Kubernetes." }).waitFor();
	const heading = page.getByRole("heading", { level: 1 });
	assert.equal(await heading.textContent(), hostile);
	assert.equal(await page.locator("#w1").textContent(), hostile);
	assert.equal(
		await page.locator("[data-said='0']").textContent(),
		`one ${hostile} three2 s of speech without wordsListen`,
	);
	await page.getByText("Show what the engine said").click();
	assert.equal(await page.locator("del").textContent(), hostile);
	for (const words of [
		/3 s of 9 s of speech is without words, 1 place has words where nobody seems to speak/,
		/large was to write this text, and example \(small\) did/,
		/0:01 to 0:03: 2 s of speech without words/,
	]) {
		await page.getByText(words).first().waitFor();
	}
	await page.getByText("Layers and history").click();
	await page.getByText("What example (small) said").waitFor();
	await page.getByText("Speakers", { exact: true }).click();
	await page.getByRole("button", { name: "Show the spectrogram" }).click();
	await page.getByRole("img", { name: /^Spectrogram from/ }).waitFor();
	assert.equal(await page.evaluate("window.hit"), undefined);

	for (const [colorScheme, width] of [
		["light", 1440],
		["dark", 390],
	] as const) {
		await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
		await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
		if (shots) await page.screenshot({ path: join(shots, `${colorScheme}-${width}.png`) });
		assert.deepEqual(await seriousFindings(page), []);
		const overflow = "document.documentElement.scrollWidth > innerWidth";
		assert.equal(await page.evaluate(overflow), false, `nothing is wider than ${width} px`);
	}
	assert.deepEqual(complaints, []);
});

test("another engine is asked, both are compared, one is gone back to; the trash gives back, or not", async (t) => {
	const folder = await tempFolder(t);
	const engines: Record<string, object> = {};
	const answers = { one: "we use cooper netties", two: "We use Kubernetes here." };
	for (const [name, answer] of Object.entries(answers)) {
		const script = join(folder, `${name}.mjs`);
		await writeFile(script, `process.stdout.write(${JSON.stringify(answer)})`);
		engines[name] = {
			type: "command",
			command: [process.execPath, script, "{audio}"],
			output: "text",
		};
	}
	const settings = {
		...{ engine: "one", engines: engines as Config["engines"], compress: "none" as const },
		coverage: { enabled: false, askAgain: false },
	};
	const { service, page, complaints } = await startWebTest(t, { settings });
	const name = await sendTones(t, service, "ab");
	await page.goto(`${service.url}/recordings/${name}`);
	await page.getByText(answers.one).waitFor();

	await page.getByRole("button", { name: "More" }).click();
	await page.getByRole("menuitem", { name: /Write the text anew/ }).click();
	await page.getByRole("radio", { name: /two/ }).check();
	if (shots) await page.screenshot({ path: join(shots, "anew.png") });
	await page.getByRole("button", { name: "Write it anew" }).click();
	await page.locator("[data-said]", { hasText: answers.two }).waitFor();

	await page.getByText("Layers and history").click();
	await page
		.getByRole("listitem")
		.filter({ hasText: "What one said" })
		.getByRole("button", { name: "Compare" })
		.click();
	await page.locator("del", { hasText: "cooper netties" }).waitFor();
	await page.locator("ins", { hasText: "Kubernetes here" }).waitFor();
	if (shots) await page.screenshot({ path: join(shots, "compare.png") });
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Look at: What one said" }).click();
	await page.getByRole("button", { name: "Go back to this text" }).click();
	await page.locator("[data-said]", { hasText: answers.one }).waitFor();
	assert.equal(await hasText(service, name), answers.one);
	await page.getByRole("button", { name: "Undo the last edit" }).click();
	await page.locator("[data-said]", { hasText: answers.two }).waitFor();

	const download = page.waitForEvent("download");
	await page.getByRole("button", { name: "Export" }).click();
	await page.getByRole("menuitem", { name: /Plain text/ }).click();
	assert.equal(await readFile(await (await download).path(), "utf8"), `${answers.two}\n`);

	const trash = async () => {
		await page.getByRole("button", { name: "More" }).click();
		await page.getByRole("menuitem", { name: "Move to the trash" }).click();
		await page.getByText("This recording is in the trash.").waitFor();
	};
	await trash();
	await page.getByRole("button", { name: "Restore" }).click();
	await page.getByText("This recording is in the trash.").waitFor({ state: "detached" });
	await trash();
	await page.getByRole("button", { name: "Delete for good" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
	await page.waitForURL(`${service.url}/`);
	assert.equal((await service.ask(`/api/v1/recordings/${name}`)).status, 404);
	assert.deepEqual(complaints, []);
});
