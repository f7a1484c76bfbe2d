import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { readModelFolder } from "../src/speech/model-folder.ts";
import { openSpeech } from "../src/speech/open-speech.ts";
import type { RecogniseOptions, RecognitionModel, Speech } from "../src/speech/speech.ts";
import { makeToneModel } from "../test/tone-model.ts";
import { toneLetters, writeTones } from "../test/tones.ts";
import { median, type Row } from "./row.ts";

const signal = new AbortController().signal;
const usual: RecogniseOptions = {
	...{ threads: 1, language: null, setting: "usual", vocabulary: [] },
	...{ timeoutSeconds: 600, signal },
};

/**
 * The processes that speech models run in, with a model made by hand: how soon they hear, whether
 * working at once is worth it, what listening to a whole recording takes.
 */
export async function benchSpeech(): Promise<Row[]> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-bench-speech-"));
	try {
		return [await coldStart(folder), await throughput(folder), ...(await listening(folder))];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function toneModel(folder: string, labour: number): Promise<RecognitionModel> {
	await makeToneModel(folder, { labour });
	return (await readModelFolder(folder)) as RecognitionModel;
}

/** From nothing to the first text, less a text from the warm process: its start, and loading 40 KB. */
async function coldStart(folder: string): Promise<Row> {
	const model = await toneModel(join(folder, "quick"), 0);
	const sound = join(folder, "short.wav");
	await writeTones(sound, [{ letter: "a", startSeconds: 1 }], { durationSeconds: 3 });
	const differences: number[] = [];
	for (let round = 0; round < 9; round++) {
		const speech = openSpeech();
		const cold = await timed(() => speech.recognise(model, sound, usual));
		const warm = await timed(() => speech.recognise(model, sound, usual));
		differences.push((cold - warm) * 1000);
		await speech.close();
	}
	const ours = median(differences);
	return {
		...{ what: "Start of a speech process, beyond loading its model", unit: "ms" },
		...{ ours, peer: null, ratio: ours, target: 300 },
	};
}

/** As many windows at once as there are cores, against one after the other. */
async function throughput(folder: string): Promise<Row> {
	const model = await toneModel(join(folder, "laborious"), 1500);
	const sound = join(folder, "window.wav");
	const tones = toneLetters.map((letter, index) => ({ letter, startSeconds: index * 2 }));
	await writeTones(sound, tones, { durationSeconds: 30 });
	const cores = availableParallelism();
	const speech = openSpeech();
	const hear = async (atOnce: number, windows: number) => {
		let left = windows;
		const lane = async () => {
			while (left-- > 0) await speech.recognise(model, sound, usual);
		};
		await Promise.all(Array.from({ length: atOnce }, lane));
	};
	await hear(1, 1);
	const ratios: number[] = [];
	for (let round = 0; round < 5; round++) {
		const one = await timed(() => hear(1, cores * 2));
		const many = await timed(() => hear(cores, cores * 2));
		ratios.push(one / many / cores);
	}
	await speech.close();
	const ours = median(ratios);
	return {
		...{
			what: `Windows at once on ${cores} cores, for each core`,
			unit: "× one",
			bound: "at least",
		},
		...{ ours, peer: null, ratio: ours, target: 0.9 },
	};
}

async function listening(folder: string): Promise<Row[]> {
	const peaks: number[] = [];
	let hourSeconds = 0;
	for (const minutes of [10, 60, 120]) {
		const sound = join(folder, `${minutes}.wav`);
		const tones = Array.from({ length: minutes * 10 }, (_, index) => ({
			...{ letter: toneLetters[index % toneLetters.length] as string, startSeconds: index * 6 },
		}));
		await writeTones(sound, tones, { durationSeconds: minutes * 60, noiseDbfs: -50 });
		const speech = openSpeech();
		const seconds = await timed(() => speech.listen(sound, { signal }));
		if (minutes === 60) hourSeconds = seconds;
		else peaks.push(peakMegabytes(speech));
		await speech.close();
		await rm(sound);
	}
	const [ten, twoHours] = peaks as [number, number];
	const rows: Row[] = [
		{
			...{ what: "Listening to one hour for speech", unit: "s" },
			...{ ours: hourSeconds, peer: null, ratio: hourSeconds, target: 30 },
		},
	];
	if (ten > 0)
		rows.push({
			...{ what: "Listening to two hours beside ten minutes, memory", unit: "MB" },
			...{ ours: twoHours, peer: ten, ratio: twoHours / ten, target: 1.2 },
		});
	return rows;
}

/** The most memory that its first process ever had, where the system tells (Linux), else 0. */
function peakMegabytes(speech: Speech): number {
	if (spawnSync("test", ["-d", "/proc/self"]).status !== 0) return 0;
	const status = readFileSync(`/proc/${speech.pids()[0]}/status`, "utf8");
	return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const startedMs = performance.now();
	await work();
	return (performance.now() - startedMs) / 1000;
}
