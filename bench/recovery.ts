import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutOf, makeLayout } from "../src/archive/layout.ts";
import { segmentFilename } from "../src/library/capture-segments.ts";
import { countingFrames } from "../test/counting-frames.ts";
import { leaveCapture } from "../test/left-capture.ts";
import { environmentIn, program, run, settleDisk } from "./process.ts";
import type { Row } from "./row.ts";

const totalBytes = 10e9;
const segmentBytes = 2048 * 2 ** 20;
const frameBytes = 4;

/** A recording of 10 GB whose program was killed, made whole again, against copying its files. */
export async function benchRecovery(): Promise<Row[]> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-bench-recovery-"));
	try {
		const home = join(folder, "home");
		const capture = await leaveLargeCapture(join(home, "data", "onwax"));
		await settleDisk();
		const copy = join(folder, "copy");
		const copied = await run("cp", ["-r", capture, copy]);
		await rm(copy, { recursive: true });
		await settleDisk();
		const ours = await run(process.execPath, [program, "recover", "--json"], {
			env: environmentIn(home),
			memory: true,
		});
		const speed = (seconds: number) => totalBytes / seconds / 1e6;
		return [
			{
				what: "recovery of a recording of 10 GB that was killed, against `cp` of its files",
				ours: speed(ours.seconds),
				peer: speed(copied.seconds),
				ratio: copied.seconds / ours.seconds,
				target: 0.9,
				bound: "at least",
				unit: "MB/s",
			},
			{
				what: "its memory",
				ours: ours.peakRssMb ?? Number.NaN,
				peer: null,
				ratio: ours.peakRssMb ?? Number.NaN,
				target: 200,
				unit: "MB",
			},
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** What a killed recorder leaves: a writer's folder whose lock is free, an intent, and segments. */
async function leaveLargeCapture(dataDir: string): Promise<string> {
	const layout = layoutOf(dataDir);
	await makeLayout(layout);
	const writer = join(layout.incoming, "writer-0123456789abcdef");
	const { folder, header } = await leaveCapture(writer, [], { channels: 2, sampleRate: 48_000 });
	const block = countingFrames(0, 65_536 * 16, 2);
	let frames = 0;
	while (frames * frameBytes < totalBytes) {
		const path = join(folder, segmentFilename(frames, null));
		await (await open(path, "wx")).close();
		const out = createWriteStream(path);
		out.write(header);
		let bytes = header.length;
		for (; bytes < segmentBytes && frames * frameBytes < totalBytes; bytes += block.length) {
			if (!out.write(block))
				await new Promise<void>((resolve) => out.once("drain", () => resolve()));
			frames += block.length / frameBytes;
		}
		await new Promise<void>((resolve) => {
			out.end(() => resolve());
		});
	}
	return folder;
}
