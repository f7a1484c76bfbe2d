import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { tempFolder } from "./temp-folder.ts";

const ours = fileURLToPath(new URL("../bin/onwax.js", import.meta.url));

export type Ran = { status: number | null; stdout: string; stderr: string };

/** A person's home with nothing in it, and `onwax` started there as they would. */
export type Home = {
	folder: string;
	dataDir: string;
	/** Runs to its end. */
	onwax(args: readonly string[], options?: RunOptions): Promise<Ran>;
	/** The values that `--json` printed; asserts that each line is one. */
	json(args: readonly string[], options?: RunOptions): Promise<Record<string, unknown>[]>;
	start(args: readonly string[], options?: RunOptions): ChildProcess;
	/** Writes config.json. */
	configure(settings: object): Promise<void>;
	/** Configures an engine that is this script, run by Node with the audio's path. */
	engine(script: string, settings?: object): Promise<void>;
};

export type RunOptions = {
	input?: Buffer | string;
	env?: Record<string, string>;
	/** In a process group of its own, as a terminal starts it. */
	ownGroup?: boolean;
};

export async function tempHome(t: TestContext, program = ours): Promise<Home> {
	const started: ChildProcess[] = [];
	// Hooks run in the order in which they are given: nobody writes any more when the folder goes.
	t.after(async () => {
		for (const child of started) {
			if (child.exitCode !== null || child.signalCode !== null) continue;
			const ending = new Promise((done) => child.once("exit", done));
			child.kill("SIGKILL");
			await ending;
		}
	});
	const folder = await tempFolder(t);
	const dataDir = join(folder, "data", "onwax");
	const configDir = join(folder, "config", "onwax");
	const bin = join(folder, "bin");
	await mkdir(bin);
	const env = {
		HOME: folder,
		// No engine of this machine's is found.
		PATH: bin,
		TMPDIR: folder,
		XDG_DATA_HOME: join(folder, "data"),
		XDG_CONFIG_HOME: join(folder, "config"),
		// Shared by all runs, as it is for a person.
		NODE_COMPILE_CACHE:
			process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), "onwax-test-compile-cache"),
	};

	function start(args: readonly string[], options: RunOptions = {}): ChildProcess {
		const child = spawn(process.execPath, [program, ...args], {
			cwd: folder,
			env: { ...env, ...options.env },
			stdio: "pipe",
			detached: options.ownGroup ?? false,
		});
		started.push(child);
		return child;
	}

	async function onwax(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
		const child = start(args, options);
		child.stdin?.on("error", () => {});
		child.stdin?.end(options.input ?? "");
		return ended(child);
	}

	async function configure(settings: object): Promise<void> {
		await mkdir(configDir, { recursive: true });
		await writeFile(join(configDir, "config.json"), JSON.stringify(settings));
	}

	return {
		folder,
		dataDir,
		start,
		onwax,
		configure,
		async json(args, options) {
			const { stdout } = await onwax([...args, "--json"], options);
			const lines = stdout.split("\n");
			assert.equal(lines.pop(), "", "the last line is ended");
			return lines.map((line) => JSON.parse(line));
		},
		async engine(script, settings = {}) {
			const path = join(folder, "engine.mjs");
			await writeFile(path, script);
			const command = [process.execPath, path, "{audio}"];
			await configure({
				retry: { maxAttempts: 3, delaysSeconds: [0.05] },
				// Tones say nothing: what listening to them costs is for the tests that are about it.
				coverage: { enabled: false },
				...settings,
				engines: { fake: { type: "command", command } },
			});
		},
	};
}

/** Collects what a process says until it ends. */
export async function ended(child: ChildProcess): Promise<Ran> {
	const said = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const) {
		child[name]?.setEncoding("utf8").on("data", (text: string) => {
			said[name] += text;
		});
	}
	const status = await new Promise<number | null>((done) => child.on("close", done));
	return { status, ...said };
}

/** Resolves when the process has said this on that stream. */
export function saying(child: ChildProcess, stream: "stdout" | "stderr", wanted: RegExp) {
	return new Promise<void>((done, fail) => {
		let said = "";
		child[stream]?.on("data", (text: Buffer) => {
			said += text.toString();
			if (wanted.test(said)) done();
		});
		child.on("close", () => fail(new Error(`ended without saying ${wanted}: ${said}`)));
	});
}
