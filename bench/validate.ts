import { execFileSync } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp } from "../src/app/open-app.ts";
import { validateRecordings } from "../src/app/validate.ts";
import { recordingFolder } from "../src/archive/layout.ts";
import { loadConfig } from "../src/config.ts";
import { createPublisher } from "../src/library/publisher.ts";
import { stage } from "../src/library/stage.ts";
import { silentLogger } from "../src/logger.ts";
import { buildWavHeader } from "../src/wav.ts";
import { inTurn, type Row } from "./row.ts";

const recordings = 16;
const fileBytes = 64 * 1024 * 1024;
const rounds = 5;

/** `onwax validate --all` beside `sha256sum` over the same gigabyte, taking turns; medians. */
export async function validateBench(): Promise<Row[]> {
	const dataDir = await mkdtemp(join(tmpdir(), "onwax-bench-validate-"));
	const { config } = await loadConfig({ env: { ONWAX_DATA_DIR: dataDir } });
	const notices = {
		onRebuild() {},
		onRebuildProgress() {},
		onRebuilt() {},
		onHealed() {},
	};
	const app = await openApp({
		config,
		appVersion: "0.1.0",
		log: silentLogger,
		environment: {},
		notices,
	});
	try {
		const paths: string[] = [];
		for (let i = 0; i < recordings; i += 1) paths.push(await publishNoise(app.library));
		const signal = new AbortController().signal;
		const ours = async () => {
			const startedAt = performance.now();
			const report = await validateRecordings(app, {
				...{ names: "all", repair: false, signal },
				onFinding() {},
				onProgress() {},
			});
			if (report.findings.length > 0 || report.bytes !== recordings * fileBytes) {
				throw new Error(`validated ${report.bytes} bytes with ${report.findings.length} findings`);
			}
			return megabytesPerSecond(startedAt);
		};
		const peer = async () => {
			const startedAt = performance.now();
			execFileSync("sha256sum", paths);
			return megabytesPerSecond(startedAt);
		};
		const what = `validate ${recordings} recordings of 64 MiB, against sha256sum`;
		const measured = await inTurn(rounds, ours, peer);
		return [{ what, ...measured, target: 0.9, bound: "at least", unit: "MB/s" }];
	} finally {
		await app.close();
		await rm(dataDir, { recursive: true, force: true });
	}
}

async function publishNoise(library: Parameters<typeof createPublisher>[0]): Promise<string> {
	const fields = { encoding: "pcm", sampleRate: 48_000, channels: 2, bitDepth: 16 } as const;
	const noise = randomFillSync(Buffer.alloc(fileBytes));
	noise.set(buildWavHeader({ ...fields, dataBytes: fileBytes - 44 }));
	const fill = async (path: string) => {
		const file = await open(path, "wx");
		await file.writeFile(noise);
		await file.close();
		return { sha256: createHash("sha256").update(noise).digest("hex"), sizeBytes: fileBytes };
	};
	const audio = {
		mimeType: "audio/wav",
		codec: "pcm_s16le",
		durationSeconds: 1,
		sampleRate: 48_000,
		channels: 2,
		bitDepth: 16,
	};
	const arrival = { source: "import", originalFilename: null, extension: ".wav" } as const;
	const staged = await stage(await library.writer(), "0.1.0", arrival, fill, async () => ({
		audio,
		error: null,
	}));
	await createPublisher(library, async () => {}).publish(staged);
	return join(recordingFolder(library.layout, "pending", staged.metadata.name), "audio.wav");
}

function megabytesPerSecond(startedAt: number): number {
	return (recordings * fileBytes) / 1e3 / (performance.now() - startedAt);
}
