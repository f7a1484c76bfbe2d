import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importPaths } from "../src/app/import.ts";
import { type App, openApp } from "../src/app/open-app.ts";
import { loadConfig } from "../src/config.ts";
import { silentLogger } from "../src/logger.ts";
import { hearRecording } from "../src/pipeline/hear-recording.ts";
import type { Speech } from "../src/speech/speech.ts";
import type { Engine } from "../src/transcribe/engine.ts";
import { randomFrom } from "../test/seeded.ts";
import { makeToneModel } from "../test/tone-model.ts";
import { type Tone, toneLetters, writeTones } from "../test/tones.ts";
import { environmentIn, program } from "./process.ts";
import { median, type Row } from "./row.ts";
import { peakOfTree } from "./tree-memory.ts";

const rounds = 3;
/** Makes the model about as slow as a good real one on one core; how fast it is, is in the table. */
const realisticLabour = 2800;
const minutes = 10;

/**
 * What windows cost beside the engine: cutting, keeping each answer, stitching and judging, as a share
 * of the engine's own time; the same with listening, which finds the cuts and the gaps; and memory,
 * which is not to grow with the length of a recording.
 */
export async function benchWindows(): Promise<Row[]> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-bench-windows-"));
	try {
		return [...(await overhead(folder)), await memory(folder)];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function overhead(folder: string): Promise<Row[]> {
	const path = join(folder, "long.wav");
	await writeTones(path, everySecond(minutes * 60), { durationSeconds: minutes * 60 });
	const shares: Share[] = [];
	for (let round = 0; round < rounds; round++) {
		const app = await openIn(join(folder, `home-${round}`), realisticLabour);
		try {
			shares.push(await shareBesideEngine(app, path));
		} finally {
			await app.close();
		}
	}
	const row = (what: string, percent: number, target: number): Row => {
		return { what, ours: percent, peer: null, ratio: percent, target, unit: "%" };
	};
	const factor = Math.round(median(shares.map(({ timesFaster }) => timesFaster)));
	const beside = `of the time of an engine ${factor} × faster than speech`;
	return [
		row(
			`windows and stitching, ${beside} (${minutes} min)`,
			median(shares.map(({ windows }) => windows)) * 100,
			3,
		),
		row(
			`listening for cuts and gaps, ${beside}`,
			median(shares.map(({ listening }) => listening)) * 100,
			10,
		),
	];
}

/** Parts of the engine's time, and how much faster than speech the engine is. */
type Share = { windows: number; listening: number; timesFaster: number };

async function shareBesideEngine(app: App, path: string): Promise<Share> {
	const { library, media } = app;
	const signal = new AbortController().signal;
	await importPaths(app, [path], { title: null, tags: [], signal, onOutcome() {} });
	const { recordings } = await library.catalogue.list({ limit: 1 });
	const metadata = recordings[0]?.metadata;
	if (!metadata) throw new Error("nothing was imported");
	const inner = await app.engines.engineFor(null);
	const spent = { engine: 0, listening: 0 };
	const engine: Engine = {
		...inner,
		concurrency: 1,
		transcribe: (request) => timed("engine", () => inner.transcribe(request)),
	};
	const speech: Speech = {
		...app.speech,
		listen: (wav, options) => timed("listening", () => app.speech.listen(wav, options)),
	};
	async function timed<T>(what: keyof typeof spent, work: () => Promise<T>): Promise<T> {
		const startedAt = performance.now();
		try {
			return await work();
		} finally {
			spent[what] += performance.now() - startedAt;
		}
	}
	// The model is loaded before the clock starts: that is not what windows cost.
	await inner.transcribe({ audioPath: path, durationSeconds: null, language: null, signal });
	const heard = async (coverage: boolean) => {
		const startedAt = performance.now();
		const outcome = await hearRecording(
			{
				...{ library, media, speech, language: null },
				policy: { maxAttempts: 1, delaysSeconds: [0], maxDelaySeconds: 1 },
				coverage: { enabled: coverage, askAgain: false },
				onAttemptFailed() {},
				onProgress() {},
			},
			{ metadata, engine, vocabulary: [], key: "engine.bench", signal, onKept() {} },
		);
		if (outcome.kind !== "done") throw outcome.error;
		return performance.now() - startedAt;
	};
	const allMs = await heard(true);
	// Two pieces are listened to at a time.
	const listeningMs = spent.listening / 2;
	return {
		windows: (allMs - spent.engine - listeningMs) / spent.engine,
		listening: listeningMs / spent.engine,
		timesFaster: (minutes * 60_000) / spent.engine,
	};
}

/** Of all processes together: the program, the detector, the recogniser. */
async function memory(folder: string): Promise<Row> {
	const peaks: number[] = [];
	for (const lengthMinutes of [10, 120]) {
		const path = join(folder, `${lengthMinutes}.wav`);
		const durationSeconds = lengthMinutes * 60;
		await writeTones(path, everySecond(durationSeconds), { durationSeconds });
		const home = join(folder, `memory-${lengthMinutes}`);
		await makeToneModel(join(home, "data", "onwax", "models", "tones"));
		await mkdir(join(home, "config", "onwax"), { recursive: true });
		const settings = { compress: "none", peaks: false, import: { maxSizeMb: 4000 } };
		await writeFile(join(home, "config", "onwax", "config.json"), JSON.stringify(settings));
		const args = [program, "import", "--json", path];
		// Once to warm the compile cache.
		await peakOfTree(process.execPath, [program, "list"], environmentIn(home));
		peaks.push(await peakOfTree(process.execPath, args, environmentIn(home)));
	}
	const [short = 0, long = 0] = peaks;
	return {
		what: "peak memory for two hours of audio, beside ten minutes",
		...{ ours: long, peer: short, ratio: long / short, target: 1.2, unit: "MB" },
	};
}

/** In no order: what repeats itself is taken for a loop, and asked for again. */
function everySecond(durationSeconds: number): Tone[] {
	const random = randomFrom(1);
	return Array.from({ length: durationSeconds - 2 }, (_, index) => ({
		letter: toneLetters[random(toneLetters.length)] ?? "a",
		startSeconds: index + 1 + (index % 7) / 20,
	}));
}

async function openIn(home: string, labour: number): Promise<App> {
	const env = { ONWAX_DATA_DIR: join(home, "data"), XDG_CONFIG_HOME: join(home, "config") };
	await makeToneModel(join(home, "data", "models", "tones"), { labour });
	const { config } = await loadConfig({ env, homeDir: home });
	return openApp({
		config: { ...config, minFreeSpaceMb: 0 },
		appVersion: "0.1.0",
		log: silentLogger,
		environment: {},
		notices: { onRebuild() {}, onRebuildProgress() {}, onRebuilt() {}, onHealed() {} },
	});
}
