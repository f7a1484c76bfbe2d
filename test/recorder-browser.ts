/** A browser whose microphone plays tones that tell the time, and what it takes to find holes in what was recorded. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { buildWavHeader, parseWav } from "../src/wav.ts";
import { tempFolder } from "./temp-folder.ts";
import { chromiumArguments, chromiumPath } from "./web/browser.ts";

/** Each tone lasts so long, and is followed by the one that many steps further: a hole of 10 ms is seen. */
const toneSeconds = 0.05;
const toneCount = 40;
const toneStep = 7;
const sampleRate = 16_000;

function hertz(tone: number): number {
	return 500 + 75 * tone;
}

/** A WAV file that goes on in itself when it is played again from its start. */
export async function writeClock(path: string): Promise<void> {
	const perTone = sampleRate * toneSeconds;
	const samples = new Int16Array(perTone * toneCount * 4);
	let phase = 0;
	for (let at = 0; at < samples.length; at++) {
		const tone = (Math.floor(at / perTone) * toneStep) % toneCount;
		phase += (2 * Math.PI * hertz(tone)) / sampleRate;
		samples[at] = Math.round(10_000 * Math.sin(phase));
	}
	const layout = { sampleRate, channels: 1, bitDepth: 16 } as const;
	const header = buildWavHeader({ encoding: "pcm", ...layout, dataBytes: samples.byteLength });
	await writeFile(path, Buffer.concat([header, Buffer.from(samples.buffer)]));
}

const startSeconds = 0.25;

export type Listened = {
	/** From the first tone to the last. */
	seconds: number;
	/** Where the clock jumped, in seconds from the start of the file. */
	breaks: number[];
};

/** Listens to what was recorded of the clock. */
export function listenToClock(wav: Uint8Array): Listened {
	const facts = parseWav(wav.subarray(0, 65_536), wav.length);
	if (facts === null) throw new Error("not a WAV file");
	const { dataOffset, payloadBytes, sampleRate: rate } = facts;
	const bytes = wav.slice(dataOffset, dataOffset + payloadBytes);
	const samples = new Int16Array(bytes.buffer, 0, payloadBytes >> 1);
	const hop = Math.round(rate * 0.005);
	const length = Math.round(rate * 0.025);
	const heard: { tone: number; at: number }[] = [];
	let last = -1;
	for (let at = 0; at + length <= samples.length; at += hop) {
		const tone = loudestTone(samples.subarray(at, at + length), rate);
		if (tone !== null && tone !== last) heard.push({ tone, at: (at + length / 2) / rate });
		if (tone !== null) last = tone;
	}
	const breaks: number[] = [];
	for (const [index, { tone, at }] of heard.entries()) {
		const before = heard[index - 1];
		// The first one may have begun before the recording did, and a device that starts may stumble.
		if (before === undefined || index === 1 || at < startSeconds) continue;
		const follows = tone === (before.tone + toneStep) % toneCount;
		if (!follows || Math.abs(at - before.at - toneSeconds) > 0.016) breaks.push(at);
	}
	const first = heard[0]?.at ?? 0;
	return { seconds: (heard.at(-1)?.at ?? 0) - first, breaks };
}

/** Null: no tone stands out. */
function loudestTone(samples: Int16Array, rate: number): number | null {
	let best = -1;
	let bestPower = 0;
	let total = 0;
	for (const sample of samples) total += sample * sample;
	if (total / samples.length < 100 ** 2) return null;
	for (let tone = 0; tone < toneCount; tone++) {
		const turn = (2 * Math.PI * hertz(tone)) / rate;
		let real = 0;
		let imaginary = 0;
		for (let at = 0; at < samples.length; at++) {
			real += (samples[at] ?? 0) * Math.cos(turn * at);
			imaginary += (samples[at] ?? 0) * Math.sin(turn * at);
		}
		const power = real * real + imaginary * imaginary;
		if (power > bestPower) {
			bestPower = power;
			best = tone;
		}
	}
	return best;
}

export type RecorderBrowser = {
	context: BrowserContext;
	/** Signed in, on the recorder's page. */
	open(url: string, secret: string): Promise<Page>;
	/** Ends it as a person does; the profile stays. */
	close(): Promise<void>;
};

/** `profile`: the same one again is the same person on the next day. */
export async function startRecorderBrowser(
	t: TestContext,
	options: { profile?: string; audio?: string; serviceWorkers?: "allow" | "block" } = {},
): Promise<RecorderBrowser> {
	const folder = await tempFolder(t);
	const audio = options.audio ?? join(folder, "clock.wav");
	if (options.audio === undefined) await writeClock(audio);
	const context = await chromium.launchPersistentContext(
		options.profile ?? join(folder, "profile"),
		{
			executablePath: chromiumPath,
			serviceWorkers: options.serviceWorkers ?? "allow",
			args: [...chromiumArguments, `--use-file-for-fake-audio-capture=${audio}`],
		},
	);
	let closing: Promise<void> | null = null;
	const close = () => {
		closing ??= context.close();
		return closing;
	};
	t.after(close);
	return {
		context,
		close,
		async open(url, secret) {
			const page = await context.newPage();
			page.on("dialog", (dialog) => void dialog.accept().catch(() => {}));
			await page.goto(`${url}/record#${secret}`);
			await page.getByRole("button", { name: "Record", exact: true }).waitFor();
			return page;
		},
	};
}

/** Firefox and Safari give a page no pieces of a microphone's track: there the recorder hears by Web Audio. */
export const webAudioOnly = "delete window.MediaStreamTrackProcessor;";

/** The ids of what lies in this browser. */
export function localRecordings(page: Page): Promise<string[]> {
	return page.evaluate(`(async () => {
		const root = await navigator.storage.getDirectory();
		const folder = await root.getDirectoryHandle("recordings", { create: true });
		const ids = [];
		for await (const id of folder.keys()) ids.push(id);
		return ids;
	})()`);
}
