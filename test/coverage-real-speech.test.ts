import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { layoutOf } from "../src/archive/layout.ts";
import { readTranscript } from "../src/archive/transcript-file.ts";
import type { Doubt, Span } from "../src/transcript.ts";
import { buildWavHeader, bytesPerSample } from "../src/wav.ts";
import { startFakeOpenai } from "./fake-openai.ts";
import { type Home, tempHome } from "./onwax-process.ts";
import { needs } from "./outside-program.ts";

const sampleRate = 16_000;
const sentences = [
	"The first sentence is about the weather, which is fine today.",
	"The second one is about a garden, in which nobody works any more.",
	"The third one tells of the train to the north, which is late again.",
];
const pauseSeconds = 4;

/** Real synthetic speech: three sentences with silence around each; says when each is spoken. */
async function threeSentences(t: TestContext, home: Home): Promise<Span[] | null> {
	if (!needs(t, "espeak-ng", "espeak-ng") || !needs(t, "ffmpeg", "ffmpeg")) return null;
	const pause = Buffer.alloc(pauseSeconds * sampleRate * bytesPerSample);
	const parts: Buffer[] = [pause];
	const spans: Span[] = [];
	let atSeconds = pauseSeconds;
	for (const [index, sentence] of sentences.entries()) {
		const path = join(home.folder, `${index}.wav`);
		execFileSync("espeak-ng", ["-v", "en-us", "-s", "140", "-w", path, sentence]);
		const raw = ["-i", path, "-ar", String(sampleRate), "-ac", "1", "-f", "s16le", "-"];
		const samples = execFileSync("ffmpeg", ["-v", "error", ...raw]);
		const seconds = samples.length / bytesPerSample / sampleRate;
		spans.push({ startSeconds: atSeconds, endSeconds: atSeconds + seconds });
		atSeconds += seconds + pauseSeconds;
		parts.push(samples, pause);
	}
	const samples = Buffer.concat(parts);
	const layout = { sampleRate, channels: 1, bitDepth: 16 } as const;
	const header = buildWavHeader({ encoding: "pcm", ...layout, dataBytes: samples.length });
	await writeFile(join(home.folder, "talk.wav"), Buffer.concat([header, samples]));
	return spans;
}

/** An engine that says of the whole recording what it is told to, and nothing of any part of it. */
async function saying(home: Home, segments: readonly (Span & { text: string })[]): Promise<void> {
	const answer = segments.map(({ text, ...span }) => {
		const words = text.split(" ").map((word, index, all) => {
			const length = (span.endSeconds - span.startSeconds) / all.length;
			const start = span.startSeconds + index * length;
			return { word, start, end: start + length };
		});
		return { start: span.startSeconds, end: span.endSeconds, text, words };
	});
	const path = join(home.folder, "engine.mjs");
	await writeFile(
		path,
		`import { statSync } from "node:fs";
		const seconds = (statSync(process.argv[2]).size - 44) / ${sampleRate * bytesPerSample};
		const segments = seconds > 20 ? ${JSON.stringify(answer)} : [];
		console.log(JSON.stringify({ text: segments.map(({ text }) => text).join(" "), segments }));`,
	);
	const command = [process.execPath, path, "{audio}"];
	const engines = { said: { type: "command", command, output: "json" } };
	await home.configure({ engine: "said", engines, compress: "none", peaks: false });
}

async function doubtsAfterImport(home: Home): Promise<Doubt[]> {
	const [kept] = await home.json(["import", "talk.wav"]);
	assert.equal(kept?.state, "success", JSON.stringify(kept));
	const { recordings } = layoutOf(home.dataDir);
	const [name = ""] = await readdir(join(recordings, "success"));
	const transcript = await readTranscript(join(recordings, "success", name));
	assert.equal(transcript?.coverage?.detector, "silero");
	return transcript.coverage.doubts;
}

const said = (spans: readonly Span[], left: readonly number[]) =>
	left.map((index) => ({ ...(spans[index] as Span), text: sentences[index] ?? "" }));

function assertAbout(doubt: Doubt | undefined, span: Span | undefined): void {
	assert.ok(doubt && span);
	assert.ok(Math.abs(doubt.startSeconds - span.startSeconds) < 0.8, `${doubt.startSeconds}`);
	assert.ok(Math.abs(doubt.endSeconds - span.endSeconds) < 0.8, `${doubt.endSeconds}`);
}

test("speech of which every sentence is written has no doubts", async (t) => {
	const home = await tempHome(t);
	const spans = await threeSentences(t, home);
	if (spans === null) return;
	await saying(home, said(spans, [0, 1, 2]));
	assert.deepEqual(await doubtsAfterImport(home), []);
});

test("a sentence that the engine silently leaves out is found, asked for twice, and told", async (t) => {
	const home = await tempHome(t);
	const spans = await threeSentences(t, home);
	if (spans === null) return;
	await saying(home, said(spans, [0, 2]));
	const [gap, ...others] = await doubtsAfterImport(home);
	assert.deepEqual(others, []);
	assert.equal(gap?.kind, "gap");
	assert.equal(gap.askedAgain, 2);
	assertAbout(gap, spans[1]);
	const shown = await home.onwax(["show", "last"]);
	assert.match(shown.stdout, /without words/);
});

test("a phrase that goes round in circles is found, and so are words where nobody speaks", async (t) => {
	const home = await tempHome(t);
	const spans = await threeSentences(t, home);
	if (spans === null) return;
	const [, second] = spans;
	assert.ok(second);
	const loop = Array.from({ length: 6 }, () => "thank you very much").join(" ");
	const thanks = { startSeconds: 1, endSeconds: 2.5, text: "Thanks for watching." };
	await saying(home, [thanks, ...said(spans, [0]), { ...second, text: loop }, ...said(spans, [2])]);
	const doubts = await doubtsAfterImport(home);
	assert.deepEqual(doubts.map(({ kind }) => kind).sort(), ["loop", "unheard"]);
	const [unheard, circle] = doubts;
	assert.equal(unheard?.text, "Thanks for watching.");
	assertAbout(circle, second);
});

test("a service that answers 200 and no words is not believed where somebody speaks", async (t) => {
	const home = await tempHome(t);
	const spans = await threeSentences(t, home);
	if (spans === null) return;
	const service = await startFakeOpenai({ otherwise: "empty" });
	t.after(() => service.close());
	const engines = { openai: { type: "openai", baseUrl: service.baseUrl, apiKeyEnv: "NO_KEY" } };
	await home.configure({ engine: "openai", engines, compress: "none", peaks: false });
	const doubts = await doubtsAfterImport(home);
	assert.deepEqual(
		doubts.map(({ kind }) => kind),
		["gap", "gap", "gap"],
	);
	for (const [index, gap] of doubts.entries()) assertAbout(gap, spans[index]);
});
