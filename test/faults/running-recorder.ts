import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { readMetadata } from "../../src/archive/metadata-file.ts";
import type { Metadata } from "../../src/recording.ts";
import { sampleRate } from "./counting-recording.ts";
import { type Outcome, onwax, type Scenario } from "./scenario.ts";
import { readStretches, type Stretch } from "./stretches.ts";

type Line = Record<string, unknown>;

/** `onwax record`, as it goes on. */
export type RunningRecorder = {
	/** Of the program's own process. */
	pid(): number;
	/** All that it has printed so far. */
	readonly lines: readonly Line[];
	/** Resolves with the first line that `isIt` accepts; rejects where the program ends without it. */
	line(isIt: (line: Line) => boolean): Promise<Line>;
	/** It records: resolves with what it is called. */
	started(): Promise<string>;
	notice(kind: string, phase?: "begins" | "ends" | "happened"): Promise<Line>;
	/** Ctrl-C, and how it ended. */
	stop(): Promise<Outcome>;
	/** How it ended, whatever ends it. */
	readonly ended: Promise<Outcome>;
};

/** Starts the real program; it is killed after the test where it has not ended by then. */
export function record(
	t: TestContext,
	scenario: Scenario,
	options: { args?: string[]; env?: NodeJS.ProcessEnv; uid?: number } = {},
): RunningRecorder {
	const lines: Line[] = [];
	const waiting = new Set<() => void>();
	let pid = 0;
	let isOver = false;
	const { args = [], ...others } = options;
	const told = () => {
		for (const look of waiting) look();
	};
	const command = ["record", "--rate", `${sampleRate}`, "--no-wait", ...args];
	const ended = onwax(scenario, command, {
		...others,
		onStart: (started) => {
			pid = started;
		},
		onLine: (line) => {
			lines.push(line);
			told();
		},
	}).finally(() => {
		isOver = true;
		told();
	});
	t.after(() => {
		if (!isOver) process.kill(pid, "SIGKILL");
	});

	function line(isIt: (line: Line) => boolean): Promise<Line> {
		return new Promise((resolve, reject) => {
			const look = () => {
				const found = lines.find(isIt);
				if (!found && !isOver) return;
				waiting.delete(look);
				if (found) resolve(found);
				else void ended.then((outcome) => reject(new Error(`ended: ${JSON.stringify(outcome)}`)));
			};
			waiting.add(look);
			look();
		});
	}

	return {
		pid: () => pid,
		lines,
		line,
		ended,
		started: async () => String((await line(({ event }) => event === "started")).name),
		notice: (kind, phase) =>
			line(
				(one) =>
					one.event === "notice" &&
					one.kind === kind &&
					(phase === undefined || one.phase === phase),
			),
		stop() {
			process.kill(pid, "SIGINT");
			return ended;
		},
	};
}

/** What the guard said, as `kind phase`. */
export function noticesOf({ lines }: { lines: readonly Line[] }): string[] {
	const notices = lines.filter(({ event }) => event === "notice");
	return notices.map(({ kind, phase }) => `${kind} ${phase}`);
}

export type Kept = { name: string; metadata: Metadata; stretches: Stretch[]; frames: number };

/**
 * The only recording of a library, read back from its samples; its length is the same in the samples, in
 * the header and in the metadata, and nothing else lies about.
 */
export async function onlyRecording(scenario: Scenario): Promise<Kept> {
	const recordings = join(scenario.dataDir, "recordings");
	assert.deepEqual(await readdir(join(recordings, "incoming")), [], "nothing is left unfinished");
	const names = await readdir(join(recordings, "pending"));
	assert.equal(names.length, 1, `one recording, and not ${names}`);
	return keptRecording(scenario, names[0] as string);
}

export async function keptRecording(scenario: Scenario, name: string): Promise<Kept> {
	const folder = join(scenario.dataDir, "recordings", "pending", name);
	assert.deepEqual((await readdir(folder)).sort(), ["audio.wav", "metadata.json"]);
	const metadata = await readMetadata(folder);
	const stretches = await readStretches(join(folder, "audio.wav"));
	const frames = stretches.reduce((total, stretch) => total + stretch.frames, 0);
	assert.equal(metadata.audio.durationSeconds, frames / sampleRate);
	return { name, metadata, stretches, frames };
}

/** Every byte of the library is as its metadata says. */
export async function assertValid(scenario: Scenario): Promise<void> {
	const { exitCode, lines, stderr } = await onwax(scenario, ["validate", "--all"]);
	assert.equal(exitCode, 0, `${JSON.stringify(lines)} ${stderr}`);
}

export function eventKinds({ events }: Metadata): string[] {
	return events.map(({ kind }) => kind);
}
