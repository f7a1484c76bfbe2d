import assert from "node:assert/strict";
import { createReadStream, readFileSync, statfsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readMetadata } from "../../src/archive/metadata-file.ts";
import { parseWav } from "../../src/wav.ts";
import { countingFrames } from "../counting-frames.ts";
import { tempFolder } from "../temp-folder.ts";
import { spread } from "./counting-recording.ts";
import { assertValid } from "./running-recorder.ts";
import { createScenario, onwax } from "./scenario.ts";

const rate = 8000;
const looksPerSecond = 20;
const segmentMb = 256;
/** It does not take long, and long enough for memory to settle and then to be watched. */
const takesSeconds = 24;
/** Between the first and the last third, of what is in use on the heap … */
const mostHeapGrowthMb = 1;
/**
 * … and of the memory that the system counts: a twentieth of what went through would be more. What the allocator
 * keeps for bursts differs by 30 MB from run to run.
 */
const mostGrowthMb = 48;
const neededBytes = 4e9;

function residentMb(pid: number): number {
	const [, pages] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
	return (Number(pages) * 4096) / 1e6;
}

/** Median and most of the first third and of the last, in MB. */
function thirds(values: readonly number[]) {
	const length = Math.floor(values.length / 3);
	assert.ok(length >= 3, "it took long enough to look");
	const [first, last] = [spread(values.slice(0, length)), spread(values.slice(-length))];
	const said = ({ median, worst }: typeof first) =>
		`${median.toFixed(1)} (most ${worst.toFixed(1)})`;
	return { first, last, inWords: `${said(first)} MB, then ${said(last)} MB` };
}

test("a day of recording, from a device that runs fast: right to the sample, and memory stays flat", async (t) => {
	const home = await tempFolder(t);
	const { bavail, bsize } = statfsSync(home);
	const hours = bavail * bsize < neededBytes ? 1 : 24;
	if (hours < 24) t.diagnostic("less than 4 GB are free: one hour instead of a day");
	const microphone = new URL("./fast-microphone.mjs", import.meta.url).pathname;
	const command = [
		process.execPath,
		microphone,
		`${Math.round((hours * 3600 * rate * 2) / takesSeconds)}`,
	];
	const scenario = await createScenario(home, {
		recordings: 0,
		config: { record: { microphone: { command }, segmentMb } },
	});
	const residentMbs: number[] = [];
	const heapLog = join(home, "heap");
	const preload = new URL("./heap-watch.mjs", import.meta.url).pathname;
	const tookMs: number[] = [];
	let looking: NodeJS.Timeout | undefined;
	let pid = 0;
	const startedAt = performance.now();
	const { exitCode, lines, stderr } = await onwax(
		scenario,
		["record", "--rate", `${rate}`, "--channels", "1", "--max", `${hours}h`, "--no-wait"],
		{
			env: { NODE_OPTIONS: `--import=${preload}`, ONWAX_TEST_HEAP_LOG: heapLog },
			onStart: (started) => {
				pid = started;
			},
			onLine: ({ event }) => {
				tookMs.push(performance.now() - startedAt);
				if (event === "started") {
					looking = setInterval(() => residentMbs.push(residentMb(pid)), 1000 / looksPerSecond);
				} else if (event === "stopped") clearInterval(looking);
			},
		},
	);
	clearInterval(looking);
	assert.equal(exitCode, 0, stderr);
	const stopped = lines.find(({ event }) => event === "stopped");
	assert.equal(stopped?.reason, "max-length");
	const told = lines.filter(({ event }) => event === "notice");
	t.diagnostic(`notices: ${JSON.stringify(told.map(({ kind, phase }) => `${kind} ${phase}`))}`);
	const frames = hours * 3600 * rate;
	const folder = join(scenario.dataDir, "recordings", "pending", String(stopped?.name));
	const metadata = await readMetadata(folder);
	assert.equal(metadata.audio.durationSeconds, hours * 3600);
	const path = join(folder, "audio.wav");
	await assertCounts(path, frames);

	const resident = thirds(residentMbs);
	const text = await readFile(heapLog, "utf8");
	// The first looks still see what starting took, the last ones what ending does.
	const looks = text.split("\n").slice(2, residentMbs.length / looksPerSecond);
	const heap = thirds(looks.map((bytes) => Number(bytes) / 1e6));
	t.diagnostic(`${hours} h in ${((tookMs.at(-1) ?? 0) / 1000).toFixed(1)} s`);
	t.diagnostic(`in use on the heap ${heap.inWords}; resident ${resident.inWords}`);
	assert.ok(heap.last.median - heap.first.median <= mostHeapGrowthMb, heap.inWords);
	assert.ok(resident.last.worst - resident.first.worst <= mostGrowthMb, resident.inWords);
	assert.ok(resident.last.median - resident.first.median <= mostGrowthMb, resident.inWords);
	await assertValid(scenario);
});

/** Every single sample is the counting signal's, and there are exactly so many. */
async function assertCounts(path: string, frames: number): Promise<void> {
	const handle = await open(path, "r");
	const { size } = await handle.stat();
	const head = Buffer.alloc(4096);
	await handle.read(head, 0, head.length, 0);
	await handle.close();
	const facts = parseWav(head, size);
	assert.ok(facts?.sizeHonest, "the header is honest");
	assert.equal(facts.payloadBytes, frames * 2);
	const expected = countingFrames(0, 2 * 65_536, 1);
	const cycle = expected.length / 2;
	let at = 0;
	for await (const chunk of createReadStream(path, {
		start: facts.dataOffset,
		highWaterMark: cycle,
	}) as AsyncIterable<Buffer>) {
		const wanted = expected.subarray(at % cycle, (at % cycle) + chunk.length);
		if (!chunk.equals(wanted)) assert.fail(`not the signal after ${at} bytes`);
		at += chunk.length;
	}
	assert.equal(at, frames * 2);
}
