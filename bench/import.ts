import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWavHeader, wavHeaderBytes } from "../src/wav.ts";
import { environmentIn, program, run, settleDisk } from "./process.ts";
import { inTurn, type Row } from "./row.ts";

const serialImport = new URL("./serial-import.js", import.meta.url).pathname;

function wavHeader(dataBytes: number): Uint8Array {
	return buildWavHeader({
		encoding: "pcm",
		sampleRate: 44_100,
		channels: 2,
		bitDepth: 16,
		dataBytes,
	});
}

/** Whole processes: `onwax import FOLDER --no-wait` against a serial loop, and against restic. */
export async function benchImportMany(count = 2000, rounds = 3): Promise<Row[]> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-bench-import-"));
	try {
		const inputs = join(folder, "inputs");
		await mkdir(inputs);
		for (let i = 0; i < count; i += 1) {
			const data = randomBytes(1_000_000 - wavHeaderBytes);
			const content = Buffer.concat([wavHeader(data.length), data]);
			await writeFile(join(inputs, `${String(i).padStart(5, "0")}.wav`), content);
		}
		let turn = 0;
		const ours = async () => {
			const home = join(folder, `home-${turn++}`);
			await mkdir(home);
			await settleDisk();
			const args = [program, "import", inputs, "--no-wait", "--json"];
			const { seconds } = await run(process.execPath, args, { env: environmentIn(home) });
			await rm(home, { recursive: true });
			return seconds;
		};
		const serial = async () => {
			const target = join(folder, `serial-${turn++}`);
			await settleDisk();
			const { seconds } = await run(process.execPath, [serialImport, inputs, target]);
			await rm(target, { recursive: true });
			return seconds;
		};
		const what = `import of ${count} files of 1 MB`;
		const rows: Row[] = [
			{
				what: `${what}, against a serial loop`,
				...(await inTurn(rounds, ours, serial)),
				target: 1.1,
				unit: "s",
			},
		];
		if (spawnSync("restic", ["version"]).status === 0) {
			const restic = async () => {
				const repository = join(folder, `restic-${turn++}`);
				const env = { ...process.env, RESTIC_PASSWORD: "bench", RESTIC_REPOSITORY: repository };
				await run("restic", ["init", "--no-cache"], { env });
				await settleDisk();
				const { seconds } = await run("restic", ["backup", "--no-cache", inputs], { env });
				await rm(repository, { recursive: true });
				return seconds;
			};
			const measured = await inTurn(rounds, ours, restic);
			rows.push({ what: `${what}, against restic backup`, ...measured, target: 1, unit: "s" });
		}
		return rows;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** One large file against `cp`, `sha256sum` and `sync`, one after the other. */
export async function benchImportLarge(sizeBytes = 2_000_000_000, rounds = 3): Promise<Row[]> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-bench-large-"));
	try {
		const input = join(folder, "large.wav");
		const handle = await open(input, "wx");
		await handle.write(wavHeader(sizeBytes - wavHeaderBytes));
		const block = randomBytes(8_000_000);
		for (let at = wavHeaderBytes; at < sizeBytes; at += block.length) {
			await handle.write(block.subarray(0, Math.min(block.length, sizeBytes - at)));
		}
		await handle.sync();
		await handle.close();
		let turn = 0;
		let peakRssMb = 0;
		const ours = async () => {
			const home = join(folder, `home-${turn++}`);
			await mkdir(home);
			await settleDisk();
			const args = [program, "import", input, "--no-wait", "--json"];
			const env = { ...environmentIn(home), ONWAX_IMPORT_MAX_SIZE_MB: "4000" };
			const ran = await run(process.execPath, args, { env, memory: true });
			peakRssMb = Math.max(peakRssMb, ran.peakRssMb ?? 0);
			await rm(home, { recursive: true });
			return ran.seconds;
		};
		const peer = async () => {
			const target = join(folder, `copy-${turn++}`);
			await settleDisk();
			const script = 'cp "$1" "$2" && sha256sum "$2" && sync';
			const { seconds } = await run("sh", ["-c", script, "sh", input, target]);
			await rm(target);
			return seconds;
		};
		const what = `import of one ${(sizeBytes / 1e9).toFixed(0)} GB file`;
		const measured = await inTurn(rounds, ours, peer);
		return [
			{ what: `${what}, against cp + sha256sum + sync`, ...measured, target: 1.15, unit: "s" },
			{
				what: `${what}, memory`,
				ours: peakRssMb,
				peer: null,
				ratio: peakRssMb,
				target: 150,
				unit: "MB",
			},
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
