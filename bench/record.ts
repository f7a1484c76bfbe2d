import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { countingFrames } from "../test/counting-frames.ts";
import { hearing, type SoundServer, startSoundServer } from "../test/sound-server.ts";
import { environmentIn, program } from "./process.ts";
import { median, type Row } from "./row.ts";

const watchedSeconds = 20;
const ticksPerSecond = 100;
const spokenSeconds = 10;

/** What recording costs while it goes on, and what comes after the last word, on a real sound server. */
export async function benchRecord(): Promise<Row[]> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-bench-record-"));
	const endings: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
	const context = {
		after: (end: () => unknown) => endings.unshift(end),
		skip: (why: string) => {
			throw new Error(why);
		},
	} as unknown as TestContext;
	try {
		const server = await startSoundServer(context, { channels: 2 });
		if (server === null) throw new Error("needs pulseaudio");
		server.play(countingFrames(0, 48_000 * 300, 2));
		const one = await costOf(server, join(folder, "one"), 1);
		const three = await costOf(server, join(folder, "three"), 3);
		const afterMs = await afterTheEnd(server, join(folder, "after"));
		return [
			absolute(
				"recording 48 kHz stereo: of one core, with the microphone's program",
				one.percent,
				3,
				"%",
			),
			absolute("its memory, with the microphone's program", one.rssMb, 80, "MB"),
			{
				what: "three recordings at once, against one (processor time)",
				ours: three.percent,
				peer: one.percent,
				ratio: three.percent / one.percent,
				target: 1.5,
				unit: "%",
			},
			absolute(
				`from the end of ${spokenSeconds} s to the text, without the engine's own time`,
				afterMs,
				100,
				"ms",
			),
		];
	} finally {
		for (const end of endings) await end();
	}
}

function absolute(what: string, ours: number, target: number, unit: string): Row {
	return { what, ours, peer: null, ratio: ours, target, unit };
}

async function configure(home: string, config: object): Promise<void> {
	await mkdir(join(home, "config", "onwax"), { recursive: true });
	await writeFile(join(home, "config", "onwax", "config.json"), JSON.stringify(config));
}

function record(server: SoundServer, home: string, args: string[]): ChildProcess {
	return spawn(process.execPath, [program, "record", ...args], {
		env: { ...environmentIn(home), ...hearing(server) },
		stdio: ["ignore", "pipe", "inherit"],
	});
}

/** Resolves when it has said that; the pipe stays open, and is read to its end. */
function saying(child: ChildProcess, wanted: string): Promise<void> {
	return new Promise((resolve) => {
		child.stdout?.on("data", (chunk: Buffer) => {
			if (chunk.includes(wanted)) resolve();
		});
	});
}

async function costOf(server: SoundServer, home: string, count: number) {
	await configure(home, {});
	const format = ["--rate", "48000", "--channels", "2", "--no-wait", "--json"];
	const children = Array.from({ length: count }, () => record(server, home, format));
	await Promise.all(children.map((child) => saying(child, "started")));
	// Past what is loaded beside the beginning.
	await sleep(5000);
	const pids: number[] = [];
	for (const { pid } of children) pids.push(...(await family(pid as number)));
	const before = await ticks(pids);
	const startedMs = performance.now();
	await sleep(watchedSeconds * 1000);
	const seconds = (performance.now() - startedMs) / 1000;
	const percent = (((await ticks(pids)) - before) / ticksPerSecond / seconds) * 100;
	let rssMb = 0;
	for (const pid of pids) rssMb += await peakMb(pid);
	for (const child of children) {
		const ended = once(child, "close");
		child.kill("SIGINT");
		await ended;
	}
	return { percent, rssMb: rssMb / count };
}

/** A process and what it started. */
async function family(pid: number): Promise<number[]> {
	const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
	return [pid, ...text.split(" ").filter(Boolean).map(Number)];
}

async function ticks(pids: readonly number[]): Promise<number> {
	let sum = 0;
	for (const pid of pids) {
		const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
		sum += Number(fields[11]) + Number(fields[12]);
	}
	return sum;
}

async function peakMb(pid: number): Promise<number> {
	const text = await readFile(`/proc/${pid}/status`, "utf8");
	return (Number(/^VmHWM:\s+(\d+) kB/m.exec(text)?.[1]) * 1024) / 1e6;
}

/** The engine notes when it is called and when it has answered: the rest is ours. */
async function afterTheEnd(server: SoundServer, home: string): Promise<number> {
	const marks = join(home, "engine.txt");
	await mkdir(home, { recursive: true });
	const script = `
		const { appendFileSync } = require("node:fs");
		const now = () => performance.timeOrigin + performance.now();
		process.on("exit", () => appendFileSync(${JSON.stringify(marks)}, started + " " + now() + "\\n"));
		const started = performance.timeOrigin;
		process.stdout.write("the text");
	`;
	const command = [process.execPath, "-e", script, "{audio}"];
	await configure(home, { engine: "marks", engines: { marks: { type: "command", command } } });
	const restMs: number[] = [];
	for (let round = 0; round < 7; round += 1) {
		const child = record(server, home, []);
		const closed = once(child, "close");
		// It says nothing but the text; by then it has begun.
		await sleep(1000 + spokenSeconds * 1000);
		const endedAt = now();
		child.kill("SIGINT");
		await saying(child, "the text");
		const textAt = now();
		await closed;
		const lines = (await readFile(marks, "utf8")).trim().split("\n");
		const [from = 0, to = 0] = (lines.at(-1) ?? "").split(" ").map(Number);
		restMs.push(textAt - endedAt - (to - from));
	}
	return median(restMs);
}

function now(): number {
	return performance.timeOrigin + performance.now();
}
