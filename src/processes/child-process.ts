import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** What a child may know of the program's surroundings: no keys, no tokens. */
const passedOn = ["PATH", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "SystemRoot"];

export type ChildProgram = {
	/** The file that it runs; it calls `serveRequests`. */
	script: URL;
	nodeOptions: readonly string[];
	environment: Readonly<Record<string, string>>;
	/** It ends itself when it takes more than this; null is without limit. */
	maxRssBytes: number | null;
};

/** Starts a child that talks over IPC. */
export function startChild(program: ChildProgram): ChildProcess {
	// Fewer pools of glibc's allocator: memory that native code gives back is used again.
	const env: NodeJS.ProcessEnv = { MALLOC_ARENA_MAX: "2", ...program.environment };
	for (const name of passedOn) if (process.env[name] !== undefined) env[name] = process.env[name];
	// Half of a child's start is compiling; Node keeps a folder for each of its versions in this one.
	const compiled = getCompileCacheDir();
	if (compiled !== undefined) env.NODE_COMPILE_CACHE = dirname(compiled);
	const child = fork(fileURLToPath(program.script), [String(program.maxRssBytes ?? 0)], {
		env,
		execArgv: [...program.nodeOptions],
		stdio: ["ignore", "ignore", "pipe", "ipc"],
		serialization: "advanced",
		// Ctrl-C on a terminal reaches its whole process group: a child that it ended would make the file
		// that it was just looking into pass for unreadable.
		detached: process.platform !== "win32",
	});
	// Errors between two requests have nobody to tell; the child is found dead at the next one.
	child.on("error", () => undefined);
	return child;
}

/** Whether the program waits for this child before it ends. */
export function holdProgram(child: ChildProcess, on: boolean): void {
	const pipe = child.stderr as unknown as { ref?: () => void; unref?: () => void } | null;
	for (const handle of [child, child.channel, pipe]) {
		if (on) handle?.ref?.();
		else handle?.unref?.();
	}
}

/** Kills it and waits until it is gone. */
export function endChild(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
	return new Promise((resolve) => {
		child.ref();
		child.once("exit", () => resolve());
		child.kill("SIGKILL");
	});
}
