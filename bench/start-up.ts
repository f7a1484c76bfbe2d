import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteCatalogue } from "../src/catalogue/sqlite.ts";
import { exampleMetadata } from "../test/example-metadata.ts";
import { environmentIn, program, run } from "./process.ts";
import { inTurn, type Row } from "./row.ts";

const rounds = 25;

/** `onwax --version`, and `onwax list` on ten thousand recordings, against `node -e 0`. */
export async function benchStartUp(): Promise<Row[]> {
	const home = await mkdtemp(join(tmpdir(), "onwax-bench-start-"));
	try {
		const env = environmentIn(home);
		// Makes the library, and the compile cache warm: what anybody's second start finds.
		await run(process.execPath, [program, "recover"], { env });
		await fillCatalogue(join(home, "data", "onwax"), 10_000);
		const ours = async (args: string[]) =>
			(await run(process.execPath, [program, ...args], { env })).seconds;
		const node = async () => (await run(process.execPath, ["-e", "0"], { env })).seconds;
		await ours(["list"]);
		return [
			{
				what: "onwax --version, against node -e 0",
				...(await inTurn(rounds, () => ours(["--version"]), node)),
				target: 2,
				unit: "s",
			},
			{
				what: "onwax list on 10 000 recordings, against node -e 0",
				...(await inTurn(rounds, () => ours(["list"]), node)),
				target: 4,
				unit: "s",
			},
		];
	} finally {
		await rm(home, { recursive: true, force: true });
	}
}

/** Rows alone, no folders: a start does not look at those of a library that was closed well. */
async function fillCatalogue(dataDir: string, count: number): Promise<void> {
	const catalogue = await openSqliteCatalogue({
		path: join(dataDir, "library.db"),
		backupsDir: join(dataDir, "backups"),
	});
	const recordings = Array.from({ length: count }, (_, i) => {
		const digits = String(i).padStart(6, "0");
		return {
			metadata: exampleMetadata({
				id: `0b8c6a0e-6a5e-4c3e-9d0e-0a4a4f${digits}`,
				name: `2026-03-04_05-06-07.${digits}_abcde0`,
				title: `Recording ${i}`,
				files: { "audio.wav": { sha256: digits.padStart(64, "0"), sizeBytes: 48_044 } },
			}),
			transcript: { text: `words of recording ${i}`, originalText: `words of recording ${i}` },
		};
	});
	await catalogue.put(recordings);
	await catalogue.close();
}
