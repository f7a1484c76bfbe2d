import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tone } from "../test/faults/scenario.ts";
import { environmentIn, program, run } from "./process.ts";
import { median, type Row } from "./row.ts";

const recordings = 60;
const rounds = 3;

/**
 * What a recording of ten seconds costs beside its engine, from file to text, FLAC and peaks: whole
 * batches through an engine that does nothing, minus what starting that engine takes by itself,
 * minus one start of the program.
 */
export async function benchOverhead(): Promise<Row[]> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-bench-overhead-"));
	try {
		const inputs = join(folder, "inputs");
		await mkdir(inputs);
		for (let i = 0; i < recordings; i += 1) {
			await writeFile(join(inputs, `${i}.wav`), tone(200 + i, 10));
		}
		const perRecordingMs: number[] = [];
		for (let round = 0; round < rounds; round += 1) {
			const home = join(folder, `home-${round}`);
			await mkdir(join(home, "config", "onwax"), { recursive: true });
			const engines = { idle: { type: "command", command: ["/bin/echo", "said", "{audio}"] } };
			const settings = join(home, "config", "onwax", "config.json");
			await writeFile(settings, JSON.stringify({ engine: "idle", engines }));
			const env = environmentIn(home);
			const first = (await readdir(inputs))[0] as string;
			const started = await run(
				process.execPath,
				[program, "import", join(inputs, first), "--json"],
				{ env },
			);
			const all = await run(process.execPath, [program, "import", inputs, "--json"], { env });
			const engineStartMs = timeEngine();
			const restMs = (all.seconds - started.seconds) * 1000;
			perRecordingMs.push(restMs / (recordings - 1) - engineStartMs);
		}
		const ours = median(perRecordingMs);
		return [
			{
				what: "overhead per recording around the engine (10 s, WAV)",
				ours,
				peer: null,
				ratio: ours,
				target: 50,
				unit: "ms",
			},
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function timeEngine(): number {
	const startedMs = performance.now();
	for (let i = 0; i < recordings; i += 1) spawnSync("/bin/echo", ["said"]);
	return (performance.now() - startedMs) / recordings;
}
