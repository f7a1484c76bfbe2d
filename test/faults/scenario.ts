import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildWavHeader } from "../../src/wav.ts";

export const program = new URL("../../bin/onwax.js", import.meta.url).pathname;

/** A library of the test's own: its data folder, its configuration, and files to import. */
export type Scenario = { home: string; dataDir: string; inputs: string };

export type Outcome = {
	exitCode: number | null;
	signal: NodeJS.Signals | null;
	/** Every whole line of JSON that came out before the end. */
	lines: Record<string, unknown>[];
	stderr: string;
};

/** An engine that says where in the sound it is: deterministic, and it exercises a real child. */
const engineScript = `
	const size = require("node:fs").statSync(process.argv[1]).size;
	process.stdout.write("the country of " + size + " bytes");
`;

export async function createScenario(
	home: string,
	options: { recordings: number; config?: object; seconds?: number },
): Promise<Scenario> {
	const scenario = { home, dataDir: join(home, "data", "onwax"), inputs: join(home, "inputs") };
	await mkdir(join(home, "config", "onwax"), { recursive: true });
	await mkdir(scenario.inputs, { recursive: true });
	const config = {
		engine: "said",
		engines: {
			said: { type: "command", command: [process.execPath, "-e", engineScript, "{audio}"] },
		},
		minFreeSpaceMb: 0,
		// Tones say nothing: what listening to them costs is for the tests that are about it.
		coverage: { enabled: false },
		...options.config,
	};
	await writeFile(join(home, "config", "onwax", "config.json"), JSON.stringify(config));
	for (let i = 0; i < options.recordings; i += 1) {
		const path = join(scenario.inputs, `tone-${i}.wav`);
		await writeFile(path, tone(200 + i * 7, options.seconds ?? 0.3));
	}
	return scenario;
}

export async function copyScenario(from: Scenario, home: string): Promise<Scenario> {
	await cp(from.home, home, { recursive: true });
	return { home, dataDir: join(home, "data", "onwax"), inputs: join(home, "inputs") };
}

/** 16 kHz mono: a tone whose pitch makes each file's content its own. */
export function tone(hertz: number, seconds: number): Buffer {
	const samples = Math.round(16000 * seconds);
	const data = Buffer.alloc(samples * 2);
	for (let i = 0; i < samples; i += 1) {
		data.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * hertz * i) / 16000)), i * 2);
	}
	const header = buildWavHeader({
		encoding: "pcm",
		sampleRate: 16000,
		channels: 1,
		bitDepth: 16,
		dataBytes: data.length,
	});
	return Buffer.concat([header, data]);
}

export async function inputHashes(scenario: Scenario): Promise<Map<string, string>> {
	const hashes = new Map<string, string>();
	for (const file of await readdir(scenario.inputs)) {
		const { readFile } = await import("node:fs/promises");
		const content = await readFile(join(scenario.inputs, file));
		hashes.set(createHash("sha256").update(content).digest("hex"), file);
	}
	return hashes;
}

export function environmentOf(scenario: Scenario): NodeJS.ProcessEnv {
	return {
		PATH: process.env.PATH,
		HOME: scenario.home,
		XDG_DATA_HOME: join(scenario.home, "data"),
		XDG_CONFIG_HOME: join(scenario.home, "config"),
		XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "/root", ".cache"),
	};
}

/** Runs the real program to its end, whatever kind of end that is. */
export async function onwax(
	scenario: Scenario,
	args: string[],
	options: {
		env?: NodeJS.ProcessEnv;
		stdin?: Buffer;
		/** As this user, who is not root; only root may ask for that. */
		uid?: number;
		/** A program with its arguments that runs it: strace. */
		under?: string[];
		onStart?: (pid: number) => void;
		onLine?: (line: Record<string, unknown>) => void;
	} = {},
): Promise<Outcome> {
	const [command = "", ...words] = [...(options.under ?? []), process.execPath, program];
	const child = spawn(command, [...words, ...args, "--json"], {
		env: { ...environmentOf(scenario), ...options.env },
		stdio: [options.stdin ? "pipe" : "ignore", "pipe", "pipe"],
		...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
	});
	if (child.pid) options.onStart?.(child.pid);
	if (options.stdin) {
		child.stdin?.on("error", () => undefined);
		child.stdin?.end(options.stdin);
	}
	let stdout = "";
	let stderr = "";
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	const lines: Outcome["lines"] = [];
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
		for (let end = stdout.indexOf("\n"); end >= 0; end = stdout.indexOf("\n")) {
			const line = JSON.parse(stdout.slice(0, end));
			stdout = stdout.slice(end + 1);
			lines.push(line);
			options.onLine?.(line);
		}
	});
	return new Promise((resolve) => {
		child.on("close", (exitCode, signal) => resolve({ exitCode, signal, lines, stderr }));
	});
}
