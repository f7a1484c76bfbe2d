import { type ChildProcess, spawn } from "node:child_process";
import { startGuard } from "../processes/end-with-us.ts";

export type ProgramResult = {
	/** Why it ended; `exited` says nothing about success. */
	end: "exited" | "timeout" | "aborted" | "too-much-output";
	/** Null where a signal ended it. */
	exitCode: number | null;
	signal: NodeJS.Signals | null;
	stdout: string;
	/** The last bytes of what it said on standard error. */
	stderrTail: string;
};

export type ProgramLimits = {
	timeoutMs: number;
	maxStdoutBytes: number;
	stderrTailBytes: number;
	signal: AbortSignal;
};

/** How long what a program left running may hold its output open after it ended itself. */
const stragglerMs = 1000;

/** A longer timer would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

// A group of its own does not get the terminal's Ctrl-C, and would outlive us.
const running = new Set<ChildProcess>();
let watchingExit = false;

/**
 * Runs a program without a shell, with standard input closed, as a process group of its own, and
 * leaves nothing of the group running, not even when this process is killed. Rejects only where it could not be started (ENOENT, EACCES).
 */
export async function runProgram(
	path: string,
	argv: readonly string[],
	environment: NodeJS.ProcessEnv,
	limits: ProgramLimits,
): Promise<ProgramResult> {
	const guard = startGuard();
	const child = spawn(path, argv, {
		env: environment,
		stdio: ["ignore", "pipe", "pipe"],
		detached: process.platform !== "win32",
		windowsHide: true,
	});
	guard.watch(child.pid);
	killAllOnExit();
	running.add(child);
	let end: ProgramResult["end"] = "exited";
	const stop = (reason: ProgramResult["end"]) => {
		if (end === "exited") end = reason;
		killGroup(child);
	};
	const timer = setTimeout(() => stop("timeout"), Math.min(limits.timeoutMs, longestTimerMs));
	const onAbort = () => stop("aborted");
	limits.signal.addEventListener("abort", onAbort, { once: true });
	if (limits.signal.aborted) onAbort();

	const stdout: Buffer[] = [];
	let stdoutBytes = 0;
	child.stdout?.on("data", (chunk: Buffer) => {
		stdoutBytes += chunk.length;
		if (stdoutBytes > limits.maxStdoutBytes) stop("too-much-output");
		else stdout.push(chunk);
	});
	let tail = Buffer.alloc(0);
	child.stderr?.on("data", (chunk: Buffer) => {
		tail = Buffer.concat([tail, chunk]).subarray(-limits.stderrTailBytes);
	});
	child.once("exit", () => {
		guard.dismiss();
		const straggler = setTimeout(() => killGroup(child), stragglerMs);
		child.once("close", () => clearTimeout(straggler));
	});
	try {
		const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
			(resolve, reject) => {
				child.once("error", reject);
				child.once("close", (code, closedBy) => resolve([code, closedBy]));
			},
		);
		return {
			end,
			exitCode,
			signal,
			stdout: Buffer.concat(stdout).toString("utf8"),
			stderrTail: tail.toString("utf8"),
		};
	} finally {
		guard.dismiss();
		clearTimeout(timer);
		limits.signal.removeEventListener("abort", onAbort);
		running.delete(child);
	}
}

/** Kills the program and everything it started. It only reads a file: there is nothing to save. */
function killGroup(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		if (process.platform === "win32") child.kill("SIGKILL");
		else process.kill(-child.pid, "SIGKILL");
	} catch {
		// ESRCH: nothing of the group is left, which is what was wanted.
	}
}

function killAllOnExit(): void {
	if (watchingExit) return;
	watchingExit = true;
	process.once("exit", () => {
		for (const child of running) killGroup(child);
	});
}
